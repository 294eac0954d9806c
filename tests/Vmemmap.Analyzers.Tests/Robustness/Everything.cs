using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Vmemmap.Analyzers.Tests.Verification;

namespace Vmemmap.Analyzers.Tests.Robustness;

/// <summary>All analyzers of the assembly, run together as a build does.</summary>
internal static class Everything
{
    public static ImmutableArray<DiagnosticAnalyzer> Analyzers =>
    [
        .. typeof(TailAccessAnalyzer).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(DiagnosticAnalyzer)) && !type.IsAbstract)
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    // Far more than any run needs on a slow machine; less than anybody waits.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>Runs them and fails if one throws or does not end.</summary>
    /// <returns>What they reported.</returns>
    public static ImmutableArray<Diagnostic> Run(Compilation compilation, Func<string> source)
    {
        using CancellationTokenSource limit = new(Longest);
        try
        {
            AnalyzerRun run = AnalyzerRun.Of(Analyzers, compilation, properties: null, limit.Token);
            Assert.True(run.Exceptions.IsEmpty, $"{string.Join('\n', run.Exceptions.Select(e => e.ToString()))}\n\n{source()}");
            Assert.DoesNotContain(run.Diagnostics, d => d.Id == "AD0001");
            return run.Diagnostics;
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"not done after {Longest}:\n{source()}");
            throw;
        }
    }
}
