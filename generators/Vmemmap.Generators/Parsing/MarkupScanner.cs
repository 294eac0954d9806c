using System;

namespace Vmemmap.Tables.Parsing;

/// <summary>What a piece of raw markup is.</summary>
internal enum MarkupKind
{
    /// <summary>Between tags.</summary>
    Text,

    /// <summary>&lt;!-- ... --&gt;.</summary>
    Comment,

    /// <summary>&lt;![CDATA[ ... ]]&gt;.</summary>
    CData,

    /// <summary>&lt;? ... ?&gt;.</summary>
    Instruction,

    /// <summary>&lt;! ... &gt;.</summary>
    Declaration,

    /// <summary>&lt;name ... &gt;.</summary>
    StartTag,

    /// <summary>&lt;/name&gt;.</summary>
    EndTag,
}

/// <summary>A piece of raw markup.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Offset of its first character.</param>
/// <param name="End">Offset after its last character.</param>
/// <param name="IsClosed">Whether its closing characters are there.</param>
internal readonly record struct Markup(MarkupKind Kind, int Start, int End, bool IsClosed);

/// <summary>Cuts raw text into markup, also where it is no XML: that is where XmlReader has given up.</summary>
internal static class MarkupScanner
{
    /// <summary>Whether a name starts an element that stands directly under the root.</summary>
    public static bool IsTopLevelName(string name) => name == TableSchema.Entry.Name || name == TableSchema.Architecture.Name;

    /// <summary>The piece that an offset is in.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Offset at which a piece starts.</param>
    /// <param name="offset">The offset.</param>
    public static Markup At(string text, int from, int offset)
    {
        // What is not closed ends where the reader gave up, not before.
        Markup piece = Next(text, from);
        while (piece.IsClosed && piece.End <= offset && piece.End < text.Length)
        {
            piece = Next(text, piece.End);
        }

        return piece.IsClosed && piece.End <= offset ? new Markup(MarkupKind.Text, piece.End, text.Length, true) : piece;
    }

    /// <summary>The next start tag of an element that stands directly under the root, outside of comments; -1 if there is none.</summary>
    public static int FindTopLevelStart(string text, int from)
    {
        bool commentsEnd = true;
        for (int i = from; i < text.Length; i++)
        {
            if (text[i] != '<')
            {
                continue;
            }

            if (commentsEnd && Starts(text, i, "<!--"))
            {
                int close = text.IndexOf("-->", i + 4, StringComparison.Ordinal);
                commentsEnd = close >= 0;
                i = commentsEnd ? close + 2 : i;
            }
            else if (IsTopLevelName(NameAt(text, i + 1)))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The name that starts at an offset; empty if none does.</summary>
    public static string NameAt(string text, int offset)
    {
        int end = offset;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && "<>/=\"'".IndexOf(text[end]) < 0)
        {
            end++;
        }

        return text.Substring(offset, end - offset);
    }

    /// <summary>Whether a text has a part at an offset.</summary>
    public static bool Starts(string text, int offset, string part) =>
        string.CompareOrdinal(text, offset, part, 0, part.Length) == 0;

    private static Markup Next(string text, int start)
    {
        if (start >= text.Length || text[start] != '<')
        {
            int next = start < text.Length ? text.IndexOf('<', start) : -1;
            return new Markup(MarkupKind.Text, start, next < 0 ? text.Length : next, true);
        }

        return Starts(text, start, "<!--") ? Delimited(text, start, MarkupKind.Comment, 4, "-->")
            : Starts(text, start, "<![CDATA[") ? Delimited(text, start, MarkupKind.CData, 9, "]]>")
            : Starts(text, start, "<?") ? Delimited(text, start, MarkupKind.Instruction, 2, "?>")
            : Starts(text, start, "<!") ? Delimited(text, start, MarkupKind.Declaration, 2, ">")
            : Starts(text, start, "</") ? Delimited(text, start, MarkupKind.EndTag, 2, ">")
            : StartTag(text, start);
    }

    private static Markup Delimited(string text, int start, MarkupKind kind, int opening, string closing)
    {
        int end = start + opening < text.Length ? text.IndexOf(closing, start + opening, StringComparison.Ordinal) : -1;
        return end < 0 ? new Markup(kind, start, text.Length, false) : new Markup(kind, start, end + closing.Length, true);
    }

    // A '<' ends a tag too, for no tag may hold one: what was meant to close it is missing.
    private static Markup StartTag(string text, int start)
    {
        char quote = '\0';
        for (int i = start + 1; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '<')
            {
                return new Markup(MarkupKind.StartTag, start, i, false);
            }

            if (quote != '\0')
            {
                quote = c == quote ? '\0' : quote;
            }
            else if (c is '"' or '\'')
            {
                quote = c;
            }
            else if (c == '>')
            {
                return new Markup(MarkupKind.StartTag, start, i + 1, true);
            }
        }

        return new Markup(MarkupKind.StartTag, start, text.Length, false);
    }
}
