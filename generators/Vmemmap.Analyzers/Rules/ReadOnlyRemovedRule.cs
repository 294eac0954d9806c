using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Rules;

/// <summary>VMM1003: code that gets around what the compiler and these rules watch.</summary>
internal static class ReadOnlyRemovedRule
{
    public static readonly DiagnosticDescriptor Descriptor = RuleDescriptor.Of(
        RuleIds.ReadOnlyRemoved,
        "What makes a read-only tail struct page writable for the compiler",
        "{0} takes the read-only-ness from a struct page that may be a tail: index {1}, {2}",
        DiagnosticSeverity.Warning);

    public static Diagnostic Report(TailAccess access) =>
        AccessReport.Create(Descriptor, access, DiagnosticSeverity.Warning, access.What, access.Index, access.Tail);
}
