using System.CommandLine;
using System.CommandLine.Parsing;

namespace Vmemmap.Tool;

/// <summary><c>vmemmap completion SHELL</c>: the script that makes a shell complete <c>vmemmap</c>.</summary>
internal static class CompletionCommand
{
    /// <summary>The shells, each with a script of that name.</summary>
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish", "pwsh"];

    public static Command Create(TextWriter output)
    {
        var shell = new Argument<string>("SHELL")
        {
            Description = $"{string.Join(", ", Shells.SkipLast(1))} or {Shells[^1]}.",
            CustomParser = result =>
            {
                string name = result.Tokens[0].Value;
                if (!Shells.Contains(name))
                {
                    result.AddError($"There is no completion for '{name}'; there is one for {string.Join(", ", Shells)}.");
                }

                return name;
            },
        };
        shell.CompletionSources.Add([.. Shells]);
        var command = new CommandWithExamples(
            "completion",
            "Writes a script that makes a shell complete commands, options, architectures, layouts and huge page sizes. Have the shell read it at its start.",
            "vmemmap completion bash",
            "vmemmap completion fish")
        {
            shell,
        };
        command.SetAction(parsed =>
        {
            output.Write(Script(parsed.GetValue(shell)!));
            return ExitCode.Success;
        });
        return command;
    }

    private static string Script(string shell)
    {
        using Stream stream = typeof(CompletionCommand).Assembly.GetManifestResourceStream($"vmemmap.{shell}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
