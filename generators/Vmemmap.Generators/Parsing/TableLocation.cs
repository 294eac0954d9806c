namespace Vmemmap.Tables.Parsing;

/// <summary>Where something is in a table file; lines and columns count from 0.</summary>
/// <param name="Start">Offset of the first character.</param>
/// <param name="Length">Number of characters.</param>
/// <param name="StartLine">Line of the first character.</param>
/// <param name="StartColumn">Its column.</param>
/// <param name="EndLine">Line of the end.</param>
/// <param name="EndColumn">Column after the last character.</param>
internal sealed record TableLocation(int Start, int Length, int StartLine, int StartColumn, int EndLine, int EndColumn);
