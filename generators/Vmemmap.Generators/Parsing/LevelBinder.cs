using Vmemmap.Tables.Model;

namespace Vmemmap.Tables.Parsing;

/// <summary>Binds a level: what its leaves and tables look like in an entry format.</summary>
/// <param name="format">The format as written, or null if it is unknown.</param>
/// <param name="entry">The format for this page size, or null if it is unknown.</param>
/// <param name="errors">Where mistakes go.</param>
internal sealed class LevelBinder(EntryFormat? format, EntrySpec? entry, TableErrors errors)
{
    /// <summary>Binds a level. One is always returned, so that all mistakes are found.</summary>
    public LevelSpec Bind(LevelSyntax level, bool isLast)
    {
        CheckLeaf(level, isLast);
        BitRange index = level.Index ?? default;
        int contiguousShift = ContiguousShift(level, index, isLast);
        LevelSpec spec = new(
            level.Name, level.Identifier, index.Low, index.Count, level.Leaf, contiguousShift, 0, 0, 0, 0, default, default);
        return entry == null || format == null || level.Index == null ? spec : WithMasks(spec, level, isLast, entry, format);
    }

    private void CheckLeaf(LevelSyntax level, bool isLast)
    {
        LocatedValue? leaf = level.Element["leaf"];
        if (isLast && level.Leaf != Model.LeafUse.Page)
        {
            // A value that is none of the three is told already.
            if (leaf == null || level.Leaf != Model.LeafUse.None)
            {
                SourceRange range = leaf?.Range ?? level.Element.NameRange;
                level.IsBlamed = true;
                errors.Add(TableRules.LeafLevel, range, $"{level.Name} is the last level, whose leaves are pages; write leaf=\"page\"");
            }
        }
        else if (!isLast && level.Leaf == Model.LeafUse.Page)
        {
            level.IsBlamed = true;
            errors.Add(
                TableRules.LeafLevel, leaf!, $"{level.Name} is not the last level: a leaf here is a block of pages; did you mean 'block'?");
        }
    }

    private int ContiguousShift(LevelSyntax level, BitRange index, bool isLast)
    {
        LocatedValue? value = level.Element["contiguous"];
        if (value == null || level.Contiguous is not int count)
        {
            return 0;
        }

        int shift = 0;
        while (1 << (shift + 1) <= count)
        {
            shift++;
        }

        string? mistake = GroupMistake(level, count, isLast);
        if (mistake == null && level.Index != null && (shift > index.Count || shift + index.Low > 63))
        {
            mistake = $"a contiguous group of {count} exceeds the table of {1 << index.Count} entries; write {1 << index.Count} or less";
        }

        if (mistake == null)
        {
            return shift;
        }

        // The sizes of its groups are unknown now.
        errors.Add(TableRules.ContiguousGroup, value, mistake);
        level.IsBlamed = true;
        return 0;
    }

    private string? GroupMistake(LevelSyntax level, int count, bool isLast)
    {
        if (count < 2 || (count & (count - 1)) != 0)
        {
            return $"a contiguous group of {count} is no power of two; {NearestPowers(count)}";
        }

        // The last level without leaf= is told of already.
        if (!isLast && level.Element["leaf"] == null)
        {
            return $"{level.Name} has no leaves to make groups of; add leaf=\"block\" or remove it";
        }

        return format is { IsSound: true } && format.Spec.ContiguousRule == ContiguousRule.None
            ? $"entry format '{format.Spec.Name}' has no contiguous bit; remove it, or give the format contiguous= or napot="
            : null;
    }

    private static string NearestPowers(int count)
    {
        int below = 2;
        while (below * 2 <= count)
        {
            below *= 2;
        }

        return count < 2 ? "write 2 or more, or remove it" : $"did you mean {below} or {below * 2}?";
    }

    private LevelSpec WithMasks(LevelSpec level, LevelSyntax syntax, bool isLast, EntrySpec entry, EntryFormat format)
    {
        ulong address = EntryFormat.RawBits(entry.Pieces, ulong.MaxValue << level.Shift);
        ulong belowBlock = isLast ? 0 : entry.AddressMask & ~address;
        ulong attributes = format.BlockAttributes & address;
        if (!isLast && level.Leaf != Model.LeafUse.None && attributes != 0 && format.IsSound && !syntax.IsBlamed)
        {
            errors.Add(
                TableRules.EntryBits,
                syntax.Element["leaf"]!,
                $"a block of {SizeText.Format(level.Shift)} needs all address bits from {level.Shift} on, and entry format "
                + $"'{format.Spec.Name}' has some of them in blockAttributes; remove these there, or leaf= here");
        }

        if (!isLast && level.Leaf != Model.LeafUse.None && address == 0 && format.IsSound && !syntax.IsBlamed)
        {
            errors.Add(
                TableRules.EntryBits,
                syntax.Element["leaf"]!,
                $"a block of {SizeText.Format(level.Shift)} needs physical address bits from {level.Shift} on, and entry format "
                + $"'{format.Spec.Name}' has none of them; widen its address=, or remove leaf= here");
        }

        bool isNapot = entry.ContiguousRule == ContiguousRule.Napot && level.ContiguousShift > 0;
        ulong group = (1UL << level.ContiguousShift) - 1;
        level = level with
        {
            LeafAddressMask = address,
            LeafReservedMask = belowBlock & ~format.BlockAttributes,
            NapotMask = isNapot ? EntryFormat.RawBits(entry.Pieces, group << level.Shift) : 0,
            NapotValue = isNapot ? EntryFormat.RawBits(entry.Pieces, (group + 1) >> 1 << level.Shift) : 0,
        };
        return level with
        {
            TableTest = isLast ? default : TableTest(entry),
            LeafTest = level.Leaf == Model.LeafUse.None ? default : LeafTest(level, isLast, entry),
        };
    }

    private static BitTest TableTest(EntrySpec entry) => new(
        entry.ValidMask | entry.LeafMask | entry.ReservedMask | entry.TableReservedMask,
        entry.ValidMask | (entry.LeafRule == LeafRule.TableBit ? entry.LeafMask : 0));

    private static BitTest LeafTest(LevelSpec level, bool isLast, EntrySpec entry)
    {
        bool hasGroups = level.ContiguousShift > 0;
        ulong misplacedNapot = entry.ContiguousRule == ContiguousRule.Napot && !hasGroups ? entry.ContiguousMask : 0;
        (ulong leafMask, ulong leafValue) = (entry.LeafRule, isLast) switch
        {
            (LeafRule.TableBit, false) => (entry.LeafMask, 0UL),
            (LeafRule.TableBit, true) or (LeafRule.BlockBit, false) => (entry.LeafMask, entry.LeafMask),
            _ => (0UL, 0UL),
        };
        return new(
            entry.ValidMask | entry.ReservedMask | level.LeafReservedMask | misplacedNapot | leafMask,
            entry.ValidMask | leafValue);
    }
}
