using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Vmemmap.Tool;

/// <summary>The usual help, and below it the examples of the command.</summary>
/// <param name="usual">The usual help.</param>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    /// <summary>Who asks for it need not have asked for anything else rightly.</summary>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int exitCode = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is CommandWithExamples command)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.Write("Examples:\n");
            foreach (string example in command.Examples)
            {
                output.Write($"  {example}\n");
            }
        }

        return exitCode;
    }
}
