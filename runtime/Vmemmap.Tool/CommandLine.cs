using System.CommandLine;
using System.CommandLine.Help;

namespace Vmemmap.Tool;

/// <summary>The command line: what can be asked for, and nothing of how it is done.</summary>
internal static class CommandLine
{
    // As wide as the reports, wherever it is read: to ask for a terminal's width is to send it escape sequences.
    private const int HelpWidth = 80;

    /// <summary>How it is read. A file whose name starts with @ is a file, and no list of arguments.</summary>
    public static ParserConfiguration Configuration { get; } = new() { ResponseFileTokenReplacer = null };

    /// <summary>The command and its subcommands. No RootCommand: it would call itself after the file it was started from.</summary>
    public static Command Create(TextWriter output, TextWriter error) =>
        new CommandWithExamples(
            "vmemmap",
            "Tells what HVO (the kernel's HugeTLB vmemmap optimization) gave back, from a memory image of a real kernel, and what it would give, by simulation.",
            "vmemmap inspect guest.core.gz",
            "vmemmap simulate --arch x86-64 --memory 16G --hugepages 2M:1024",
            "vmemmap completion bash")
        {
            InspectCommand.Create(output, error),
            SimulateCommand.Create(output, error),
            CompletionCommand.Create(output),
            // Its other names, /h and /?, are those of files.
            new HelpOption("--help", "-h", "-?") { Action = new HelpWithExamples(new HelpAction { MaxWidth = HelpWidth }) },
            new VersionOption { Action = new VersionLine() },
        };
}
