using System.CommandLine;
using System.CommandLine.Parsing;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Tool;

/// <summary>A word of the command line that nothing takes, and what it was probably meant to be.</summary>
internal static class UnknownWord
{
    /// <summary>A sentence about the first such word; null if there is none.</summary>
    public static string? Explain(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens.Count == 0)
        {
            return null;
        }

        string word = parsed.UnmatchedTokens[0];
        Command command = parsed.CommandResult.Command;
        return IsOption(word) ? OfOption(word, parsed.CommandResult)
            : command.Subcommands.Count > 0 ? Sentence(word, "command", command.Subcommands.Select(known => known.Name))
            : $"'{OneLine(word)}' is one argument too many.";
    }

    /// <summary>A sentence about an option that there is not.</summary>
    public static string OfOption(string word, CommandResult result)
    {
        // "--jsno=x" is misspelt before the equals sign.
        string name = word.Split('=', 2)[0];
        IEnumerable<Option> options = result.Command.Options.Concat(result.Parent is CommandResult parent ? parent.Command.Options.Where(option => option.Recursive) : []);
        return Sentence(name, "option", options.SelectMany(option => option.Aliases.Prepend(option.Name)).Where(known => known.StartsWith("--", StringComparison.Ordinal)));
    }

    /// <summary>Whether a word looks like an option. A file of such a name is written ./-name.</summary>
    public static bool IsOption(string word) => word.Length > 1 && word[0] == '-';

    private static string Sentence(string word, string kind, IEnumerable<string> known) =>
        $"'{OneLine(word)}' is no {kind}{(NearestName.Find(word, known) is { } meant ? $"; did you mean '{meant}'?" : ".")}";

    private static string OneLine(string word) => word.ReplaceLineEndings(" ");
}
