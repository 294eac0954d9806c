using System.Diagnostics;
using System.Runtime.InteropServices;
using Vmemmap.MemoryProbe;

namespace Vmemmap.Analyzers.Tests.Agreement.Running;

/// <summary>A snippet in a process of its own, on memory that is mapped read-only where tails are.</summary>
/// <param name="ExitCode">The process' exit code: 128 and the signal if one killed it.</param>
/// <param name="Output">What it wrote.</param>
/// <param name="Errors">What it complained of.</param>
internal sealed record MemoryProbeProcess(int ExitCode, string Output, string Errors)
{
    private const int BySignal = 128;
    private const int Abort = 6;
    private const int Segv = 11;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Whether it wrote and lived.</summary>
    public bool WroteAndLived => ExitCode == 0 && Output == "ready\nwrote\n";

    /// <summary>
    /// Whether a fault of memory in a method killed it. The runtime turns a SIGSEGV in managed code into an abort that names the exception and the stack.
    /// </summary>
    public bool DiedOfAWriteIn(string method) => Output == "ready\n"
        && ExitCode is BySignal + Abort or BySignal + Segv
        && Errors.Contains("AccessViolationException", StringComparison.Ordinal)
        && Errors.Contains(method, StringComparison.Ordinal);

    /// <summary>Runs one.</summary>
    public static async Task<MemoryProbeProcess> RunAsync(ProbeRequest request)
    {
        // The host that this runtime belongs to, whatever started the tests.
        string host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        ProcessStartInfo start = new(host) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(ProbeRequest).Assembly.Location);
        foreach (string argument in request.ToArguments())
        {
            start.ArgumentList.Add(argument);
        }

        // Dying is expected, and no profiler or coverage run is to hear of it.
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["CORECLR_ENABLE_PROFILING"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
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
            process.Kill();
            throw;
        }

        return new(process.ExitCode, await output, await errors);
    }
}
