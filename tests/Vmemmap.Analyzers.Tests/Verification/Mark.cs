using Microsoft.CodeAnalysis;

namespace Vmemmap.Analyzers.Tests.Verification;

/// <summary>A diagnostic and where it is: what a mark asks for, or what an analyzer reported.</summary>
/// <param name="Id">The rule.</param>
/// <param name="Start">Offset of its first character in the source without marks.</param>
/// <param name="Length">Characters.</param>
/// <param name="Severity">Error or warning.</param>
internal readonly record struct Mark(string Id, int Start, int Length, DiagnosticSeverity Severity)
{
    public int End => Start + Length;

    public static Mark Of(Diagnostic diagnostic) => new(
        diagnostic.Id, diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length, diagnostic.Severity);
}
