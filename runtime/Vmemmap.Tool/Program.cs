using System.CommandLine;
using System.CommandLine.Help;

namespace Vmemmap.Tool;

/// <summary>The command line: what was asked for, and nothing of how it is done.</summary>
internal static class Program
{
    public static int Main(string[] args) => Run(args, Console.Out, Console.Error);

    /// <summary>Runs the command.</summary>
    /// <returns>0; 2 for bad input; 1 for our own failure.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        // No RootCommand: it would call itself after the file it was started from.
        var root = new Command("vmemmap", "Tells what HVO (the kernel's HugeTLB vmemmap optimization) gave back, from a memory image of a real kernel, and what it would give, by simulation.")
        {
            InspectCommand.Create(output, error),
            SimulateCommand.Create(output, error),
            new HelpOption(),
            new VersionOption(),
        };
        // A file whose name starts with @ is a file, and no list of arguments.
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            string command = parsed.CommandResult.Command == root ? "vmemmap" : $"vmemmap {parsed.CommandResult.Command.Name}";
            error.WriteLine($"vmemmap: {parsed.Errors[0].Message.ReplaceLineEndings(" ")} See '{command} --help'.");
            return ExitCode.BadInput;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (Exception exception)
        {
            // Whatever is foreseen has been reported by now: this is our own failure, or an output that cannot be written.
            error.WriteLine($"vmemmap: {(exception is IOException ? "cannot write the report" : "internal failure, please report it")}: {exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}");
            return ExitCode.Failure;
        }
    }
}
