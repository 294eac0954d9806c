using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Vmemmap.Package.Tests.Building;

/// <summary>A process of somebody who knows nothing of this build: its environment is a user's.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Errors">What it wrote to standard error.</param>
internal sealed record DotnetCommand(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>The host that runs this test.</summary>
    public static string Host { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    /// <summary>Runs one.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="environment">What it sees besides this process' environment.</param>
    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="TimeoutException">It did not end in ten minutes.</exception>
    public static async Task<DotnetCommand> RunAsync(
        string folder, IReadOnlyDictionary<string, string> environment, string file, params string[] arguments)
    {
        ProcessStartInfo start = new(file, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(IsOfThisBuild).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
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
            throw new TimeoutException($"{file} {string.Join(' ', arguments)} did not end:\n{await output}{await errors}");
        }

        return new(process.ExitCode, await output, await errors);
    }

    /// <summary>Fails with all it wrote unless it ended well.</summary>
    public DotnetCommand Succeeded()
    {
        Assert.True(ExitCode == 0, Output + Errors);
        return this;
    }

    // A build tells its children which MSBuild and SDK they belong to, and CI=true changes what a build does.
    private static bool IsOfThisBuild(string name) =>
        name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase)
        || name is "DOTNET_HOST_PATH" or "DOTNET_CLI_TELEMETRY_SESSIONID" or "CI";
}
