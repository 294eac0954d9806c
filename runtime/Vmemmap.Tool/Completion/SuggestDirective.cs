using System.CommandLine;

namespace Vmemmap.Tool;

/// <summary>
/// <c>vmemmap [suggest] "COMMAND LINE"</c>: what may stand at the end of an unfinished command line, a line each. The protocol of System.CommandLine's
/// directive, which only its RootCommand has; shells ask by it.
/// </summary>
internal static class SuggestDirective
{
    private const string Name = "[suggest]";

    /// <summary>Whether a shell asks.</summary>
    public static bool IsIn(string[] args) => args is [Name, ..];

    /// <summary>Answers.</summary>
    /// <param name="root">The command.</param>
    /// <param name="args">The directive, and the command line up to the cursor as one argument.</param>
    /// <param name="output">Where to.</param>
    public static void Write(Command root, string[] args, TextWriter output)
    {
        string line = args.Length > 1 ? args[1].ReplaceLineEndings(" ") : string.Empty;
        // The first word is how the command was called, and may be a path.
        int start = line.IndexOf(' ', StringComparison.Ordinal);
        UnfinishedLine unfinished = UnfinishedLine.Read(root, start < 0 ? string.Empty : line[(start + 1)..]);
        foreach (string suggestion in unfinished.Suggestions().Where(text => text.StartsWith(unfinished.Word, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            output.Write($"{unfinished.Joined}{suggestion}\n");
        }
    }
}
