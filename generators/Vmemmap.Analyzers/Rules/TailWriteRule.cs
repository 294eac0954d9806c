using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Rules;

/// <summary>VMM1001: a write that certainly reaches a tail.</summary>
internal static class TailWriteRule
{
    public static readonly DiagnosticDescriptor Descriptor = RuleDescriptor.Of(
        RuleIds.TailWrite,
        "A write to a read-only tail struct page",
        "{0} writes a read-only tail struct page: index {1}, {2}; in a kernel this is an oops. Write to the head or restore the vmemmap first.",
        DiagnosticSeverity.Error);

    public static Diagnostic Report(TailAccess access) =>
        AccessReport.Create(Descriptor, access, DiagnosticSeverity.Error, access.What, access.Index, access.Tail);
}
