using System.Collections.Generic;

namespace Vmemmap.Tables.Parsing;

/// <summary>
/// Checks that the index bits of the levels, and the offset in a page below them, cover the virtual address without a gap or an
/// overlap.
/// </summary>
internal sealed class IndexBits
{
    private readonly int _pageShift;
    private readonly TableErrors _errors;

    private IndexBits(int pageShift, TableErrors errors) => (_pageShift, _errors) = (pageShift, errors);

    // Index bits of a table that fills a page.
    private int Full => _pageShift - 3;

    public static void Check(IReadOnlyList<LevelSyntax> levels, int? pageShift, int? virtualAddressBits, TableErrors errors)
    {
        if (levels.Count == 0 || pageShift is not int shift)
        {
            return;
        }

        IndexBits check = new(shift, errors);
        if (virtualAddressBits is int bits)
        {
            check.CheckTop(levels[0], bits);
        }

        for (int i = 1; i < levels.Count; i++)
        {
            check.CheckNeighbours(levels[i - 1], levels[i]);
        }

        check.CheckBottom(levels[levels.Count - 1]);
        foreach (LevelSyntax level in levels)
        {
            check.CheckTableSize(level);
        }
    }

    private void CheckTop(LevelSyntax root, int virtualAddressBits)
    {
        if (root.Index is not BitRange index || index.High == virtualAddressBits - 1)
        {
            return;
        }

        BitRange mended = new(virtualAddressBits - 1, index.Low);
        if (index.High < mended.High)
        {
            BitRange gap = new(mended.High, index.High + 1);
            Blame(
                root, $"leaves {gap.InWords} of the {virtualAddressBits}-bit virtual address to no level", Fits(mended) ? mended : null,
                "add a level above it");
        }
        else
        {
            BitRange beyond = new(index.High, virtualAddressBits);
            Blame(
                root, $"uses {beyond.InWords}, which a {virtualAddressBits}-bit virtual address has not", Fits(mended) ? mended : null,
                "raise virtualAddress");
        }
    }

    private void CheckBottom(LevelSyntax last)
    {
        if (last.Index is not BitRange index || index.Low == _pageShift)
        {
            return;
        }

        BitRange mended = new(index.High, _pageShift);
        string page = SizeText.Format(_pageShift);
        if (index.Low > _pageShift)
        {
            BitRange gap = new(index.Low - 1, _pageShift);
            Blame(
                last, $"leaves {gap.InWords} to no level, for the offset in a {page} page ends below", Fits(mended) ? mended : null,
                "add a level below it");
        }
        else
        {
            BitRange inside = new(_pageShift - 1, index.Low);
            Blame(last, $"uses {inside.InWords}, which is in the offset in a {page} page", Fits(mended) ? mended : null, "change pageSize");
        }
    }

    private void CheckNeighbours(LevelSyntax upper, LevelSyntax lower)
    {
        if (upper.Index is not BitRange above || lower.Index is not BitRange below || above.Low == below.High + 1)
        {
            return;
        }

        if (above.High < below.Low)
        {
            Blame(lower, $"is above that of {upper.Name}, which stands before it", null, "list the levels root first");
            return;
        }

        // Either neighbour can be the wrong one. A table that fills its page is more often meant than one that does not.
        BitRange mendedAbove = new(above.High, below.High + 1);
        BitRange mendedBelow = new(above.Low - 1, below.Low);
        bool isLowerWrong = Fits(mendedBelow) && (!Fits(mendedAbove) || (mendedBelow.Count == Full && mendedAbove.Count != Full));
        LevelSyntax blamed = isLowerWrong ? lower : upper;
        BitRange? mended = isLowerWrong ? mendedBelow : Fits(mendedAbove) ? mendedAbove : null;
        if (above.Low > below.High)
        {
            BitRange gap = new(above.Low - 1, below.High + 1);
            Blame(blamed, $"leaves {gap.InWords} to no level", mended, "add a level for it");
        }
        else
        {
            BitRange shared = new(System.Math.Min(above.High, below.High), System.Math.Max(above.Low, below.Low));
            Blame(
                blamed, $"uses {shared.InWords}, which {(isLowerWrong ? upper : lower).Name} uses too", mended,
                "remove one of the two levels");
        }
    }

    private void CheckTableSize(LevelSyntax level)
    {
        if (level.Index is not BitRange index || index.Count <= Full || level.IsBlamed)
        {
            return;
        }

        BitRange full = new(index.Low + Full - 1, index.Low);
        string message = $"index {index} makes a table of {SizeText.Format(index.Count + 3)}; "
            + $"one of {SizeText.Format(_pageShift)}, a page, has {Full} index bits; did you mean {full}?";
        _errors.Add(TableRules.TableSize, level.IndexValue!, message);
        level.IsBlamed = true;
    }

    private bool Fits(BitRange range) => range.Count > 0 && range.Count <= Full;

    private void Blame(LevelSyntax level, string mistake, BitRange? mended, string otherwise)
    {
        string repair = mended is BitRange range ? $"did you mean {range}?" : otherwise;
        _errors.Add(TableRules.IndexBits, level.IndexValue!, $"index {level.Index} {mistake}; {repair}");
        level.IsBlamed = true;
    }
}
