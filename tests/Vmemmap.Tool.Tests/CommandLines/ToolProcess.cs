using System.Diagnostics;
using System.Runtime.InteropServices;
using Vmemmap.Tool.Tests.RealImages;

namespace Vmemmap.Tool.Tests.CommandLines;

/// <summary>The tool as a process of its own, in the repository's root: for what only a process has, such as signals, pipes and terminals.</summary>
/// <param name="ExitCode">Its exit code: 128 and the signal if one killed it.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
internal sealed record ToolProcess(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>The host that this runtime belongs to, whatever started the tests.</summary>
    public static string Host { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    /// <summary>The tool's assembly.</summary>
    public static string Assembly { get; } = typeof(Program).Assembly.Location;

    /// <summary>A shell's function that is the tool.</summary>
    public static string ShellFunction => $"vmemmap() {{ '{Host}' exec '{Assembly}' \"$@\"; }}";

    /// <summary>Runs a script of bash in which <c>vmemmap</c> is the tool.</summary>
    public static Task<ToolProcess> BashAsync(string script, params (string Name, string Value)[] environment) =>
        EndAsync(Start("bash", ["-c", $"{ShellFunction}\n{script}"], environment));

    /// <summary>Runs the tool on a terminal: what the terminal gets is the output, line ends apart.</summary>
    public static async Task<ToolProcess> OnTerminalAsync(string arguments, int columns, params (string Name, string Value)[] environment)
    {
        string command = $"stty cols {columns}; '{Host}' exec '{Assembly}' {arguments}";
        ToolProcess run = await EndAsync(Start("script", ["-qec", command, "/dev/null"], [("TERM", "xterm-256color"), ("SHELL", "/bin/bash"), .. environment]));
        return run with { Output = run.Output.Replace("\r\n", "\n", StringComparison.Ordinal) };
    }

    /// <summary>Starts the tool.</summary>
    public static Process StartTool(IEnumerable<string> arguments, params (string Name, string Value)[] environment) =>
        Start(Host, ["exec", Assembly, .. arguments], environment);

    /// <summary>Waits for the end of a process.</summary>
    public static async Task<ToolProcess> EndAsync(Process process)
    {
        using (process)
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            using CancellationTokenSource patience = new(Patience);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }

            return new(process.ExitCode, await output, await errors);
        }
    }

    private static Process Start(string program, IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Fixture.Root,
        };
        start.Environment.Remove("NO_COLOR");
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
