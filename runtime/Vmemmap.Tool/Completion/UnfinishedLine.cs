using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;

namespace Vmemmap.Tool;

/// <summary>A command line of which the last word is still being written.</summary>
/// <remarks>
/// The parser's own completion of a text fails on "--arch=" and takes any word after a switch for its value, so only its symbols and their sources are
/// used here.
/// </remarks>
internal sealed class UnfinishedLine
{
    private readonly ParseResult _before;
    private readonly string _last;

    private UnfinishedLine(ParseResult before, string last, string joined, string word)
    {
        _before = before;
        _last = last;
        Joined = joined;
        Word = word;
    }

    /// <summary>What belongs to the word and is no part of the value: "--arch=", or nothing.</summary>
    public string Joined { get; }

    /// <summary>What is there of the value.</summary>
    public string Word { get; }

    /// <summary>Reads one.</summary>
    /// <param name="root">The command.</param>
    /// <param name="line">The line behind the command's name.</param>
    public static UnfinishedLine Read(Command root, string line)
    {
        string word = line[(line.LastIndexOf(' ') + 1)..];
        string[] before = [.. CommandLineParser.SplitCommandLine(line[..^word.Length])];
        ParseResult parsed = root.Parse(before, CommandLine.Configuration);
        int equals = UnknownWord.IsOption(word) ? word.IndexOf('=', StringComparison.Ordinal) : -1;
        return equals < 0
            ? new UnfinishedLine(parsed, before.LastOrDefault() ?? string.Empty, string.Empty, word)
            : new UnfinishedLine(parsed, word[..equals], word[..(equals + 1)], word[(equals + 1)..]);
    }

    /// <summary>All that may stand there; most of it does not begin with <see cref="Word"/>.</summary>
    public IEnumerable<string> Suggestions()
    {
        Command command = _before.CommandResult.Command;
        if (Options(command).FirstOrDefault(option => option.Name == _last && option.Arity.MinimumNumberOfValues > 0) is { } option)
        {
            return Labels(option.CompletionSources);
        }

        if (Joined.Length > 0)
        {
            return [];
        }

        Argument? awaited = command.Arguments.FirstOrDefault(argument => _before.GetResult(argument) is not { Tokens.Count: > 0 });
        IEnumerable<string> names = command.Subcommands.Select(known => known.Name).Concat(awaited is null ? [] : Labels(awaited.CompletionSources));
        // Where a file must be named, the shell's own completion is the better one: options only if they are begun.
        return Word.Length == 0 && awaited is not null ? names : names.Concat(Options(command).Where(IsOpen).Select(known => known.Name));
    }

    // The options that hold everywhere are the root's.
    private IEnumerable<Option> Options(Command command) =>
        command == _before.RootCommandResult.Command ? command.Options : command.Options.Concat(_before.RootCommandResult.Command.Options.Where(option => option.Recursive));

    private bool IsOpen(Option option) => _before.GetResult(option) is not { Implicit: false } || option.Arity.MaximumNumberOfValues > 1;

    private IEnumerable<string> Labels(List<Func<CompletionContext, IEnumerable<CompletionItem>>> sources) =>
        sources.SelectMany(source => source(_before.GetCompletionContext())).Select(item => item.Label);
}
