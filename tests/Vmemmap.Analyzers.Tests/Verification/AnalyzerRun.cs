using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Vmemmap.Analyzers.Tests.Verification;

/// <summary>One run of analyzers over one compilation.</summary>
/// <param name="Diagnostics">What they reported, in source order; AD0001 included.</param>
/// <param name="Errors">What the compiler has against the sources.</param>
/// <param name="Exceptions">What it threw.</param>
internal sealed record AnalyzerRun(ImmutableArray<Diagnostic> Diagnostics, ImmutableArray<Diagnostic> Errors, ImmutableArray<Exception> Exceptions)
{
    /// <summary>Runs one analyzer, whether or not the sources compile.</summary>
    /// <param name="analyzer">The analyzer.</param>
    /// <param name="compilation">The compilation.</param>
    /// <param name="properties">Keys and values of the analyzer config: "build_property.VmemmapArchitecture".</param>
    /// <param name="cancellation">Ends it with <see cref="OperationCanceledException"/>.</param>
    public static AnalyzerRun Of(
        DiagnosticAnalyzer analyzer, Compilation compilation, IReadOnlyDictionary<string, string>? properties = null, CancellationToken cancellation = default) =>
        Of([analyzer], compilation, properties, cancellation);

    /// <summary>Runs several analyzers.</summary>
    public static AnalyzerRun Of(
        ImmutableArray<DiagnosticAnalyzer> analyzers, Compilation compilation, IReadOnlyDictionary<string, string>? properties, CancellationToken cancellation)
    {
        ConcurrentQueue<Exception> exceptions = new();
        AnalyzerOptions options = new([], new BuildProperties(properties ?? ImmutableDictionary<string, string>.Empty));
        CompilationWithAnalyzersOptions how = new(
            options, (exception, _, _) => exceptions.Enqueue(exception), concurrentAnalysis: false, logAnalyzerExecutionTime: false);

        // With the compiler's own: every body is bound once for both.
        ImmutableArray<Diagnostic> all = new CompilationWithAnalyzers(compilation, analyzers, how)
            .GetAllDiagnosticsAsync(cancellation).GetAwaiter().GetResult();
        ILookup<bool, Diagnostic> found = all.ToLookup(d => d.Descriptor.CustomTags.Contains(WellKnownDiagnosticTags.Compiler));
        return new AnalyzerRun(
            [.. found[false].OrderBy(d => d.Location.SourceTree?.FilePath, StringComparer.Ordinal).ThenBy(d => d.Location.SourceSpan.Start)],
            [.. found[true].Where(d => d.Severity == DiagnosticSeverity.Error)],
            [.. exceptions]);
    }
}
