using System.CommandLine;

namespace Vmemmap.Tool;

/// <summary>The process: what was asked for, who does it, and how it ends.</summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        // The runtime sends a terminal the sequence that switches its keypad, which only who reads keys has a use for. A terminal that it does not know gets none.
        Environment.SetEnvironmentVariable("TERM", null);
        return Run(args, Console.Out, Console.Error);
    }

    /// <summary>Runs the command.</summary>
    /// <returns>0; 2 for bad input; 1 for our own failure.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        try
        {
            return Run(CommandLine.Create(output, error), args, output, error);
        }
        catch (Exception exception)
        {
            // Whatever is foreseen has been reported by now: this is our own failure, or an output that cannot be written.
            error.WriteLine($"vmemmap: {(exception is IOException ? "cannot write the report" : "internal failure, please report it")}: {exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}");
            return ExitCode.Failure;
        }
    }

    private static int Run(Command root, string[] args, TextWriter output, TextWriter error)
    {
        if (SuggestDirective.IsIn(args))
        {
            SuggestDirective.Write(root, args, output);
            return ExitCode.Success;
        }

        ParseResult parsed = root.Parse(args, CommandLine.Configuration);
        if (parsed.Errors.Count > 0)
        {
            Command command = parsed.CommandResult.Command;
            error.WriteLine($"vmemmap: {UnknownWord.Explain(parsed) ?? parsed.Errors[0].Message.ReplaceLineEndings(" ")} See '{(command == root ? root.Name : $"{root.Name} {command.Name}")} --help'.");
            return ExitCode.BadInput;
        }

        return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
    }
}
