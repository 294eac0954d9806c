using System;
using System.Collections.Generic;
using System.Linq;

namespace Vmemmap.Tables.Parsing;

/// <summary>A place where a table stops being XML, told so that it can be repaired.</summary>
/// <remarks>
/// The framework's own texts depend on its version and language, and name the place where the reader noticed, which for an
/// unclosed quote is lines after the mistake. So the raw text around the place is looked at again.
/// </remarks>
/// <param name="Range">What to mark.</param>
/// <param name="Message">What is wrong and how to repair it; empty if an earlier message has said it.</param>
/// <param name="Resume">Offset from which to look for the next element.</param>
internal sealed record XmlBreak(SourceRange Range, string Message, int Resume)
{
    /// <summary>Explains an error of the XML reader.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where the reader started.</param>
    /// <param name="offset">Where it gave up.</param>
    /// <param name="open">The elements that were open, innermost first.</param>
    /// <param name="isResumed">Whether an earlier break has been told: then the end of the root is not missed.</param>
    /// <param name="hasRoot">Whether the outermost element has been read.</param>
    public static XmlBreak Explain(string text, int from, int offset, IReadOnlyList<TableElement> open, bool isResumed, bool hasRoot)
    {
        Markup piece = MarkupScanner.At(text, from, offset);
        return piece.Kind switch
        {
            MarkupKind.Comment => Comment(text, piece),
            MarkupKind.CData => new(new(piece.Start, 9), "the CDATA section is not closed; add ]]>", piece.Start + 9),
            MarkupKind.Instruction => Instruction(text, piece),
            MarkupKind.Declaration => new(
                new(piece.Start, Math.Min(9, piece.End - piece.Start)),
                "a table cannot have a DTD; remove the declaration, fixed values are in page-tables.xsd",
                piece.End),
            MarkupKind.EndTag => EndTag(text, piece, open, isResumed),
            MarkupKind.StartTag when hasRoot && open.Count == 0 => SecondRoot(text, piece),
            MarkupKind.StartTag => TagBreak.Explain(text, piece, offset),
            _ => Text(text, from, offset, open, isResumed),
        };
    }

    // Where it starts reading goes on, as if the root were still open.
    private static XmlBreak SecondRoot(string text, Markup piece)
    {
        string name = MarkupScanner.NameAt(text, piece.Start + 1);
        return new(
            new(piece.Start + 1, name.Length), $"a table has one outermost element; move <{name}> inside <pageTables>, or to another file", piece.Start);
    }

    private static XmlBreak Comment(string text, Markup piece)
    {
        if (!piece.IsClosed)
        {
            return new(new(piece.Start, 4), "the comment is not closed; add -->", piece.Start + 4);
        }

        int dashes = text.IndexOf("--", piece.Start + 4, StringComparison.Ordinal);
        return new(new(dashes, 2), "a comment cannot hold '--' before its end; write '-'", piece.End);
    }

    private static XmlBreak Instruction(string text, Markup piece)
    {
        SourceRange range = new(piece.Start, Math.Min(5, piece.End - piece.Start));
        return !piece.IsClosed
            ? new(range, "the processing instruction is not closed; add ?>", piece.Start + 2)
            : MarkupScanner.Starts(text, piece.Start, "<?xml") && text.Substring(0, piece.Start).Trim('\uFEFF').Length > 0
                ? new(range, "the XML declaration must come first in the file; remove what is before it", piece.End)
                : new(range, "the XML declaration cannot be read; write <?xml version=\"1.0\" encoding=\"utf-8\"?>", piece.End);
    }

    private static XmlBreak EndTag(string text, Markup piece, IReadOnlyList<TableElement> open, bool isResumed)
    {
        string name = MarkupScanner.NameAt(text, piece.Start + 2);
        SourceRange range = new(piece.Start + 2, name.Length);
        if (open.Count == 0 || (isResumed && name == TableSchema.PageTables.Name && open.Count == 1))
        {
            return new(range, $"</{name}> closes nothing that is open; remove it", piece.End);
        }

        TableElement inner = open[0];
        if (inner.Name == name)
        {
            return new(range, $"the tag is not ended; write </{name}>", piece.Start + 2);
        }

        if (!open.Any(e => e.Name == name))
        {
            string repair = NearestName.Find(name, open.Select(e => e.Name)) ?? inner.Name;
            return new(range, $"</{name}> closes nothing that is open; did you mean </{repair}>?", piece.End);
        }

        return new(
            inner.NameRange, $"<{inner.Name}> is not closed before </{name}>; end its tag with '/>' or add </{inner.Name}>", piece.End);
    }

    private static XmlBreak Text(string text, int from, int offset, IReadOnlyList<TableElement> open, bool isResumed)
    {
        if (offset >= text.Length)
        {
            if (open.Count == 0)
            {
                return new(new(from, 0), isResumed ? "" : "the file has no element; a table starts with <pageTables>", text.Length);
            }

            // A root that was reopened after a break stands for one that may be closed or not: the break comes first.
            bool isKnown = isResumed && open.Count == 1;
            return new(open[0].NameRange, isKnown ? "" : $"<{open[0].Name}> is not closed; add </{open[0].Name}>", text.Length);
        }

        int ampersand = text.LastIndexOf('&', offset, Math.Min(offset + 1, 64));
        if (ampersand >= 0 && text.IndexOf('<', ampersand, offset - ampersand) < 0)
        {
            return Entity(text, ampersand, offset);
        }

        return open.Count == 0
            ? new(new(offset, 1), "nothing but comments may stand outside of <pageTables>; remove it", offset + 1)
            : Character(text, offset);
    }

    /// <summary>Tells of an '&amp;' that starts no entity.</summary>
    public static XmlBreak Entity(string text, int ampersand, int resume)
    {
        string name = MarkupScanner.NameAt(text, ampersand + 1);
        int semicolon = name.IndexOf(';');
        return semicolon > 0 && name[0] != '#'
            ? new(
                new(ampersand, semicolon + 2),
                $"&{name.Substring(0, semicolon)}; is no entity of XML; those are &amp; &lt; &gt; &quot; &apos;",
                resume)
            : new(new(ampersand, 1), "'&' starts no entity here; write &amp;", resume);
    }

    /// <summary>Tells of a character that cannot stand where it is.</summary>
    public static XmlBreak Character(string text, int offset)
    {
        char c = text[offset];
        string shown = c < ' ' || char.IsSurrogate(c) || c >= '\uFFFE' ? "U+" + ((int)c).ToString("X4") : $"'{c}'";
        return new(new(offset, 1), $"{shown} cannot stand here in XML; remove it", offset + 1);
    }
}
