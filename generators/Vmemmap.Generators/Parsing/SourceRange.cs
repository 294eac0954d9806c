namespace Vmemmap.Tables.Parsing;

/// <summary>A run of characters of a table file.</summary>
/// <param name="Start">Offset of the first character.</param>
/// <param name="Length">Number of characters.</param>
internal readonly record struct SourceRange(int Start, int Length)
{
    /// <summary>Offset after the last character.</summary>
    public int End => Start + Length;
}
