using System.Text.RegularExpressions;
using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Blocks;

/// <summary>The command of a page, run once in this process from the repository's root, as a user in a clone would.</summary>
/// <param name="ExitCode">0, 1 or 2.</param>
/// <param name="Output">Standard output, then what it says of errors.</param>
internal sealed partial record ToolRun(int ExitCode, string Output)
{
    private static readonly Dictionary<string, ToolRun> Runs = [];

    // What it says on a machine where an image takes longer than a second.
    [GeneratedRegex(@"^vmemmap: [^:\n]+: [0-9]+ %\n", RegexOptions.Multiline)]
    private static partial Regex Progress { get; }

    /// <summary>Runs a line of a page.</summary>
    /// <param name="line">"vmemmap inspect …".</param>
    public static ToolRun Of(string line)
    {
        if (!Runs.TryGetValue(line, out ToolRun? run))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal("vmemmap", words[0]);
            using StringWriter output = new();
            using StringWriter error = new();
            int exitCode = InRoot.Run(() => Tool.Program.Run(words[1..], output, error));
            string said = Progress.Replace(error.ToString().ReplaceLineEndings("\n"), string.Empty);
            run = Runs[line] = new ToolRun(exitCode, output.ToString().ReplaceLineEndings("\n") + said);
        }

        return run;
    }
}
