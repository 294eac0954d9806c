using System.Diagnostics;
using System.Runtime.InteropServices;
using Vmemmap.SamplePages;

namespace Vmemmap.Samples.Tests;

/// <summary>A run of <c>dotnet</c> in the repository's root.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
internal sealed record DotNet(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>"debug" or "release", as folders are named: what this assembly was built as, so were the samples.</summary>
    private static string Configuration { get; } = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    /// <summary>Runs the program of a sample as it was built last.</summary>
    public static Task<DotNet> ExecAsync(Sample sample, SampleCommand command) => RunAsync([
        "exec", Path.Combine(Sample.Root, "artifacts", "bin", sample.Name, Configuration, $"{sample.Name}.dll"), .. command.Arguments]);

    /// <summary>Builds a sample, and nothing that it references: others may be using these assemblies just now.</summary>
    public static Task<DotNet> BuildAsync(Sample sample, IEnumerable<string> options) => RunAsync([
        "build", sample.Project, "-c", Configuration == "release" ? "Release" : "Debug", "-nologo", "-v", "quiet", "-nodeReuse:false",
        "-p:BuildProjectReferences=false", .. options]);

    private static async Task<DotNet> RunAsync(IEnumerable<string> arguments)
    {
        // The host that this runtime belongs to, whatever started the tests.
        string host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        ProcessStartInfo start = new(host, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Sample.Root };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
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
            throw;
        }

        return new(process.ExitCode, (await output).ReplaceLineEndings("\n"), (await errors).ReplaceLineEndings("\n"));
    }
}
