using System.Text;
using Vmemmap.Generators.KernelConfigs.Model;
using Vmemmap.Generators.KernelConfigs.Parsing;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Tests.KernelConfigs;

/// <summary>
/// A configuration with its mistakes marked where they must be told, <c>{|VMM3005:CONFIG_PAGE_SHIFT=14|}</c>. No test counts lines or columns.
/// </summary>
internal sealed class MarkedConfig
{
    private MarkedConfig(string marked)
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

    private string Text { get; }

    private List<(string Id, int Start, int Length)> Expected { get; } = [];

    /// <summary>Parses it in every spelling that leaves its meaning, and checks that the mistakes are where the marks are.</summary>
    /// <returns>What came of the first spelling.</returns>
    public static KernelConfigFile Check(string marked)
    {
        string lines = marked.ReplaceLineEndings("\n");
        KernelConfigFile[] files =
        [
            .. new[]
            {
                lines,
                lines.Replace("\n", "\r\n", StringComparison.Ordinal),
                lines.Replace("\n", "\r", StringComparison.Ordinal),
                lines.Replace("\n", "\t \n", StringComparison.Ordinal),
                "\uFEFF" + lines,
                lines.Replace("\nCONFIG_64BIT", "\n# a comment \u0085 \u2028 \u2029 = y\n\nCONFIG_64BIT", StringComparison.Ordinal),
            }.Select(CheckOne),
        ];
        Assert.All(files, file => Assert.Equal(files[0].Spec?.Candidates, file.Spec?.Candidates));
        Assert.All(files, file => Assert.Equal(files[0].Spec?.Hvo, file.Spec?.Hvo));
        return files[0];
    }

    private static KernelConfigFile CheckOne(string marked)
    {
        MarkedConfig config = new(marked);
        KernelConfigFile file = ConfigParser.Parse(config.Text);
        string told = string.Join("\n", file.Diagnostics.Select(
            d => $"{d.Id} at '{config.Text.Substring(d.Location.Start, d.Location.Length)}': {d.Message}"));
        Assert.True(
            config.Expected.Order().SequenceEqual(file.Diagnostics.Select(d => (d.Id, d.Location.Start, d.Location.Length)).Order()),
            $"expected {string.Join(", ", config.Expected.Select(e => $"{e.Id} at '{config.Text.Substring(e.Start, e.Length)}'"))}\nfound {told}");
        foreach (TableLocation at in file.Diagnostics.Select(d => d.Location))
        {
            Assert.Equal((at.StartLine, at.StartColumn), Position(config.Text, at.Start));
            Assert.Equal((at.EndLine, at.EndColumn), Position(config.Text, at.Start + at.Length));
        }

        return file;
    }

    // Counts by walking, unlike the reader, which goes line by line.
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
