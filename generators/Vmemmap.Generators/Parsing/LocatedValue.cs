using System.Collections.Generic;

namespace Vmemmap.Tables.Parsing;

/// <summary>An attribute's value, or a part of it, and where it is.</summary>
/// <param name="Text">The value with entities resolved.</param>
/// <param name="Range">The raw characters.</param>
/// <param name="IsVerbatim">Whether the raw characters are the value; only then do parts of it have places of their own.</param>
internal sealed record LocatedValue(string Text, SourceRange Range, bool IsVerbatim)
{
    public override string ToString() => Text;

    /// <summary>A part of the value.</summary>
    public LocatedValue Slice(int start, int length) =>
        new(Text.Substring(start, length), IsVerbatim ? new SourceRange(Range.Start + start, length) : Range, IsVerbatim);

    /// <summary>The value's parts between white space.</summary>
    public IReadOnlyList<LocatedValue> Words()
    {
        List<LocatedValue> words = [];
        for (int i = 0; i < Text.Length;)
        {
            int start = i;
            while (i < Text.Length && !char.IsWhiteSpace(Text[i]))
            {
                i++;
            }

            if (i > start)
            {
                words.Add(Slice(start, i - start));
            }
            else
            {
                i++;
            }
        }

        return words;
    }
}
