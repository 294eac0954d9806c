using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Rules;

/// <summary>VMM1002: a write that reaches a tail on some paths or for some indexes.</summary>
internal static class PossibleTailWriteRule
{
    public static readonly DiagnosticDescriptor Descriptor = RuleDescriptor.Of(
        RuleIds.PossibleTailWrite,
        "A write that may reach a read-only tail struct page",
        "{0} may write a read-only tail struct page: index {1}, {2}",
        DiagnosticSeverity.Warning);

    public static Diagnostic Report(TailAccess access) =>
        AccessReport.Create(Descriptor, access, DiagnosticSeverity.Warning, access.What, access.Index, access.Tail);
}
