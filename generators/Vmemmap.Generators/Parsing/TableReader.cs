using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml;

namespace Vmemmap.Tables.Parsing;

/// <summary>Reads a table's XML into located elements. Broken XML costs the elements that it breaks, and no others.</summary>
/// <remarks>
/// XmlReader stops at the first error. The reader then tells it in words of its own and starts again at the next
/// &lt;architecture&gt; or &lt;entry&gt;, as if the root were open.
/// </remarks>
internal sealed class TableReader
{
    /// <summary>Longest text that is read: a table for every machine there is needs a hundredth of it.</summary>
    public const int MaximumLength = 1 << 20;

    // Breaks after which reading goes on; a file with more of them is no table.
    private const int MaximumBreaks = 50;

    private const string ReopenedRoot = "<pageTables xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>";

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaximumLength + 1024,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
    };

    private readonly string _text;
    private readonly TextLines _lines;
    private readonly TableErrors _errors;
    private readonly List<TableElement> _complete = [];
    private TableElement? _root;
    private int _start;
    private int _prefixLength;
    private bool _isRootAhead;

    private TableReader(string text, TextLines lines, TableErrors errors) => (_text, _lines, _errors) = (text, lines, errors);

    /// <summary>Reads a text.</summary>
    /// <returns>The root with all its sound children, or null if there is none.</returns>
    public static TableElement? Read(string text, TextLines lines, TableErrors errors)
    {
        if (text.Length > MaximumLength)
        {
            errors.Add(
                TableRules.BrokenXml, new SourceRange(0, 0), $"a table may have {MaximumLength} characters; split it into several files");
            return null;
        }

        return new TableReader(text, lines, errors).ReadAll();
    }

    private TableElement? ReadAll()
    {
        _start = _text.Length > 0 && _text[0] == '\uFEFF' ? 1 : 0;
        string source = _text.Substring(_start);
        for (int breaks = 1; ReadSegment(source) is int resume and >= 0; breaks++)
        {
            if (breaks == MaximumBreaks)
            {
                _errors.Add(
                    TableRules.BrokenXml, new SourceRange(resume, 0), $"the XML broke {MaximumBreaks} times; the rest of the file is not read");
                break;
            }

            _start = resume;
            _prefixLength = _isRootAhead ? 0 : ReopenedRoot.Length;
            source = (_isRootAhead ? "" : ReopenedRoot) + _text.Substring(resume);
            _isRootAhead = false;
        }

        if (_root == null && _complete.Count > 0)
        {
            // The root's own tag broke: what it says of namespace and accessibility is lost.
            _root = new TableElement(TableSchema.PageTables.Name, new SourceRange(0, 0)) { IsLost = true };
        }

        _root?.Children.AddRange(_complete);
        return _root;
    }

    // Reads on from _start. Returns where to start again after a break, or -1 at the end.
    private int ReadSegment(string source)
    {
        Stack<TableElement> open = new();
        using XmlReader reader = XmlReader.Create(new StringReader(source), Settings);
        try
        {
            while (reader.Read())
            {
                switch (reader.NodeType)
                {
                    case XmlNodeType.Element when open.Count > 1 && MarkupScanner.IsTopLevelName(reader.Name):
                        return ReportNested(reader, open);

                    case XmlNodeType.Element:
                        ReadElement(reader, open);
                        break;

                    case XmlNodeType.EndElement:
                        Close(open);
                        break;

                    case XmlNodeType.Text or XmlNodeType.CDATA:
                        ReportText(reader);
                        break;
                }
            }

            return -1;
        }
        catch (XmlException exception)
        {
            return Report(exception, open);
        }
    }

    private void ReadElement(XmlReader reader, Stack<TableElement> open)
    {
        TableElement element = new(reader.Name, new SourceRange(Offset(reader), reader.Name.Length));
        bool isReopenedRoot = _prefixLength > 0 && open.Count == 0;
        bool isEmpty = reader.IsEmptyElement;
        if (!isReopenedRoot)
        {
            ReadAttributes(reader, element);
        }

        if (open.Count == 0 && !isReopenedRoot)
        {
            _root = element;
        }
        else if (open.Count > 1)
        {
            open.Peek().Children.Add(element);
        }

        open.Push(element);
        if (isEmpty)
        {
            Close(open);
        }
    }

    // Only what is closed is complete: half of an architecture is none.
    private void Close(Stack<TableElement> open)
    {
        TableElement element = open.Pop();
        if (open.Count == 1)
        {
            _complete.Add(element);
        }
    }

    private void ReadAttributes(XmlReader reader, TableElement element)
    {
        while (reader.MoveToNextAttribute())
        {
            // Declarations of namespaces and hints for editors are not the table's.
            if (reader.Prefix is "xmlns" or "xml" or "xsi" || reader.Name == "xmlns")
            {
                continue;
            }

            SourceRange name = new(Offset(reader), reader.Name.Length);
            element.Attributes.Add(new TableAttribute(reader.Name, name, Value(name.End, reader.Value)));
        }

        reader.MoveToElement();
    }

    // XmlReader tells where the name is. The next quote opens the value, for nothing else may stand between.
    private LocatedValue Value(int nameEnd, string value)
    {
        int quote = _text.IndexOfAny(['"', '\''], nameEnd);
        int end = _text.IndexOf(_text[quote], quote + 1);
        SourceRange range = new(quote + 1, end - quote - 1);
        bool isVerbatim = range.Length == value.Length && string.CompareOrdinal(_text, range.Start, value, 0, value.Length) == 0;
        return new LocatedValue(value, range, isVerbatim);
    }

    private int ReportNested(XmlReader reader, Stack<TableElement> open)
    {
        TableElement[] above = [.. open.Take(open.Count - 1)];
        TableElement outer = above[above.Length - 1];
        _errors.Add(
            TableRules.BrokenXml,
            outer.NameRange,
            $"<{outer.Name}> is not closed before the next <{reader.Name}>; add </{outer.Name}>");
        return Offset(reader) - 1;
    }

    private void ReportText(XmlReader reader)
    {
        int start = Offset(reader);
        string first = reader.Value.Trim().Split('\n', '\r')[0];
        int found = _text.IndexOf(first, start, System.StringComparison.Ordinal);
        SourceRange range = found >= 0 ? new SourceRange(found, first.Length) : new SourceRange(start, 0);
        _errors.Add(TableRules.UnknownElement, range, "text has no meaning in a table; remove it or make it a comment: <!-- ... -->");
    }

    private int Report(XmlException exception, Stack<TableElement> open)
    {
        // The one error without a place is the declaration of a DTD, which stands before the root.
        int declaration = _text.IndexOf("<!DOCTYPE", _start, System.StringComparison.Ordinal);
        int offset = exception.LineNumber > 0 ? Offset(exception.LineNumber, exception.LinePosition)
            : declaration >= 0 ? declaration
            : _text.Length;
        offset = System.Math.Max(_start, System.Math.Min(offset, _text.Length));
        XmlBreak found = XmlBreak.Explain(_text, _start, offset, [.. open], _prefixLength > 0, hasRoot: _root != null || _prefixLength > 0);
        if (found.Message.Length > 0)
        {
            _errors.Add(TableRules.BrokenXml, found.Range, found.Message);
        }

        int root = exception.LineNumber > 0 || _root != null ? -1 : _text.IndexOf("<" + TableSchema.PageTables.Name, offset, System.StringComparison.Ordinal);
        _isRootAhead = root >= 0;
        return _isRootAhead ? root : MarkupScanner.FindTopLevelStart(_text, System.Math.Max(found.Resume, _start + 1));
    }

    private int Offset(XmlReader reader)
    {
        IXmlLineInfo info = (IXmlLineInfo)reader;
        return Offset(info.LineNumber, info.LinePosition);
    }

    private int Offset(int line, int column) => line == 1
        ? System.Math.Max(_start, _start + column - 1 - _prefixLength)
        : _lines.Start(_lines.LineOf(_start) + line - 1) + column - 1;
}
