using System.Text;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Tests;

/// <summary>
/// A table with its mistakes marked where they must be told: <c>index="{|VMM2006:35:26|}"</c>. No test counts lines or columns.
/// </summary>
internal sealed class MarkedTable
{
    /// <summary>A table without a mistake; tests break it in one place.</summary>
    public const string Sound = """
        <?xml version="1.0" encoding="utf-8"?>
        <!-- A table of the tests. -->
        <pageTables namespace="Mine.Tables" accessibility="internal">
          <entry name="mine" valid="0" table="1" readOnly="7" tableReadOnly="62" accessed="10" contiguous="52"
                 address="47:12" blockAttributes="16" />
          <architecture name="mine-16k" alias="mine" type="Mine16K" entry="mine" pageSize="16K" virtualAddress="48"
                        canonical="upper" hugetlb="1G 32M 2M" default="32M">
            <level name="PGD" index="47:47" />
            <level name="PUD" index="46:36" />
            <level name="PMD" index="35:25" leaf="block" contiguous="32" />
            <level name="PTE" index="24:14" leaf="page" contiguous="128" />
          </architecture>
        </pageTables>
        """;

    private MarkedTable(string marked)
    {
        StringBuilder text = new();
        Stack<(string Id, int Start)> open = new();
        for (int i = 0; i < marked.Length; i++)
        {
            if (string.CompareOrdinal(marked, i, "{|VMM", 0, 5) == 0)
            {
                open.Push((marked.Substring(i + 2, 7), text.Length));
                i += "{|VMM0000:".Length - 1;
            }
            else if (string.CompareOrdinal(marked, i, "|}", 0, 2) == 0)
            {
                (string id, int start) = open.Pop();
                Expected.Add((id, start, text.Length - start));
                i++;
            }
            else
            {
                text.Append(marked[i]);
            }
        }

        Text = text.ToString();
    }

    /// <summary>The table without its marks.</summary>
    public string Text { get; }

    /// <summary>The marks.</summary>
    public List<(string Id, int Start, int Length)> Expected { get; } = [];

    /// <summary>Breaks the sound table: replaces the first text by the second.</summary>
    public static string Break(string old, string broken, string table = Sound)
    {
        int at = table.IndexOf(old, StringComparison.Ordinal);
        Assert.True(at >= 0, $"the sound table has no {old}");
        return table[..at] + broken + table[(at + old.Length)..];
    }

    /// <summary>
    /// Parses a marked table in every spelling that leaves its meaning, and checks that the mistakes are where the marks are.
    /// </summary>
    /// <returns>What is in it, from the first spelling.</returns>
    public static TableFile Check(string marked)
    {
        string lines = marked.ReplaceLineEndings("\n");
        TableFile[] files =
        [
            .. new[]
            {
                lines,
                lines.Replace("\n", "\r\n", StringComparison.Ordinal),
                lines.Replace("\n", "\r", StringComparison.Ordinal),
                lines.Replace("  ", "\t", StringComparison.Ordinal),
                "\uFEFF" + lines,

                // Roslyn breaks lines at these, XML does not.
                lines.Replace("<pageTables", "<!-- \u0085 \u2028 \u2029 --><pageTables", StringComparison.Ordinal),
            }.Select(CheckOne),
        ];
        Assert.All(files, file => Assert.Equal(files[0].Architectures, file.Architectures));
        return files[0];
    }

    private static TableFile CheckOne(string marked)
    {
        MarkedTable table = new(marked);
        TableFile file = TableParser.Parse(table.Text);
        var found = file.Diagnostics.Select(d => (d.Id, d.Location.Start, d.Location.Length));
        string marks = string.Join(", ", table.Expected.Select(e => $"{e.Id} at '{table.Text.Substring(e.Start, e.Length)}'"));
        string told = string.Join("\n", file.Diagnostics.Select(
            d => $"{d.Id} at '{table.Text.Substring(d.Location.Start, d.Location.Length)}': {d.Message}"));
        Assert.True(
            table.Expected.Order().SequenceEqual(found.Order()),
            $"expected {marks}\nfound {told}");
        foreach (TableDiagnostic diagnostic in file.Diagnostics)
        {
            TableLocation at = diagnostic.Location;
            Assert.Equal((at.StartLine, at.StartColumn), Position(table.Text, at.Start));
            Assert.Equal((at.EndLine, at.EndColumn), Position(table.Text, at.Start + at.Length));
        }

        return file;
    }

    // Counts by walking, unlike the parser's table of line starts.
    private static (int Line, int Column) Position(string text, int offset)
    {
        int line = 0;
        int start = 0;
        for (int i = 0; i < offset; i++)
        {
            bool isBreak = text[i] == '\n' || (text[i] == '\r' && (i + 1 >= text.Length || text[i + 1] != '\n'));
            (line, start) = isBreak ? (line + 1, i + 1) : (line, start);
        }

        return (line, offset - start);
    }
}
