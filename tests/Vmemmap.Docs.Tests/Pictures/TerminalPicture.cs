using System.Globalization;
using System.Net;
using System.Text;

namespace Vmemmap.Docs.Tests.Pictures;

/// <summary>A terminal's text as SVG: dark on any page, with whatever monospaced font the reader has, made to fit its columns.</summary>
internal static class TerminalPicture
{
    private const double CharacterWidth = 7.8;
    private const int LineHeight = 18;
    private const int Margin = 16;
    private const int Bar = 28;

    /// <summary>Draws a command and its output.</summary>
    /// <param name="command">What was typed.</param>
    /// <param name="lines">What was printed.</param>
    /// <param name="columns">Width of the terminal; longer lines are broken there, as a terminal does.</param>
    public static string Render(string command, IEnumerable<string> lines, int columns)
    {
        string[] rows = [.. lines.Prepend("$ " + command).SelectMany(l => Broken(l, columns))];
        int width = (int)Math.Ceiling(columns * CharacterWidth) + (2 * Margin);
        int height = Bar + (rows.Length * LineHeight) + Margin;
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{width}} {{height}}" width="{{width}}" height="{{height}}" role="img" aria-label="Output of vmemmap inspect">
              <style>
                text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d6dbe4; white-space: pre; }
                .command { fill: #ffffff; font-weight: bold; }
                .label { fill: #7fb2ff; }
                .good { fill: #7ee2a0; font-weight: bold; }
                .rule { fill: #5b6675; }
                .warning { fill: #e8b65a; }
              </style>
              <rect x="0.5" y="0.5" width="{{width - 1}}" height="{{height - 1}}" rx="8" fill="#151b24" stroke="#3a4453" />
              <circle cx="18" cy="15" r="5" fill="#5b6675" /><circle cx="35" cy="15" r="5" fill="#5b6675" /><circle cx="52" cy="15" r="5" fill="#5b6675" />

            """);
        bool isWarning = false;
        for (int i = 0; i < rows.Length; i++)
        {
            // What a terminal breaks goes on in the same colour.
            isWarning = rows[i].StartsWith("warning:", StringComparison.Ordinal) || (isWarning && i > 0 && rows[i - 1].Length == columns);
            double y = Bar + (i * LineHeight) + 13;
            foreach ((int column, string text, string kind) in Parts(rows[i], isWarning))
            {
                string style = kind.Length > 0 ? $" class=\"{kind}\"" : "";
                string place = string.Create(
                    CultureInfo.InvariantCulture, $"x=\"{Margin + (column * CharacterWidth):0.#}\" y=\"{y:0}\" textLength=\"{text.Length * CharacterWidth:0.#}\"");
                svg.Append("  <text ").Append(place).Append(style).Append(" xml:space=\"preserve\">").Append(WebUtility.HtmlEncode(text)).Append("</text>\n");
            }
        }

        return svg.Append("</svg>\n").ToString().ReplaceLineEndings("\n");
    }

    private static IEnumerable<string> Broken(string line, int columns) =>
        line.Length == 0 ? [""] : line.Chunk(columns).Select(part => new string(part));

    private static IEnumerable<(int Column, string Text, string Kind)> Parts(string row, bool isWarning)
    {
        if (row.Length == 0)
        {
            return [];
        }

        if (isWarning)
        {
            return [(0, row, "warning")];
        }

        if (row.StartsWith("$ ", StringComparison.Ordinal))
        {
            return [(0, row, "command")];
        }

        if (row[0] == '─')
        {
            return [(0, row, "rule")];
        }

        // "kernel    6.12.117": the name of a fact, two blanks or more, and the fact.
        int gap = row.IndexOf("  ", StringComparison.Ordinal);
        if (gap <= 0 || row[0] == ' ')
        {
            int start = row.Length - row.TrimStart().Length;
            return [(start, row[start..], "")];
        }

        int fact = gap + row[gap..].Length - row[gap..].TrimStart().Length;
        return [(0, row[..gap], "label"), (fact, row[fact..], row.StartsWith("freed by HVO", StringComparison.Ordinal) ? "good" : "")];
    }
}
