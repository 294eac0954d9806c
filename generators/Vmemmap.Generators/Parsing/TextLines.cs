using System.Collections.Generic;

namespace Vmemmap.Tables.Parsing;

/// <summary>The lines of a text as an XML reader counts them.</summary>
/// <remarks>
/// A line ends after \n, \r\n or a lone \r. Roslyn's own line table also breaks at U+0085, U+2028 and U+2029, which XML does not:
/// with it every position after such a character would be wrong.
/// </remarks>
internal sealed class TextLines
{
    private readonly List<int> _starts = [0];

    public TextLines(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
            {
                _starts.Add(i + 1);
            }
        }
    }

    /// <summary>Offset of the first character of a line.</summary>
    /// <param name="line">0-based; a line past the end gives the last one.</param>
    public int Start(int line) => _starts[line < _starts.Count ? line : _starts.Count - 1];

    /// <summary>0-based line of an offset.</summary>
    public int LineOf(int offset)
    {
        int found = _starts.BinarySearch(offset);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>Lines and columns of a range.</summary>
    public TableLocation Locate(SourceRange range)
    {
        int first = LineOf(range.Start);
        int last = LineOf(range.End);
        return new TableLocation(
            range.Start, range.Length, first, range.Start - _starts[first], last, range.End - _starts[last]);
    }
}
