using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Rules;

/// <summary>VMM1009: a member that is not readonly, called on a read-only reference.</summary>
internal static class LostWriteRule
{
    public static readonly DiagnosticDescriptor Descriptor = RuleDescriptor.Of(
        RuleIds.LostWrite,
        "A write to a copy of a read-only struct page is lost",
        "{0} changes a copy of the struct page, because it is read-only here: the write is lost",
        DiagnosticSeverity.Warning);

    public static Diagnostic Report(TailAccess access) => AccessReport.Create(Descriptor, access, DiagnosticSeverity.Warning, access.What);
}
