using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Rules;

/// <summary>VMM1008: an error where the huge page is certainly optimized, else a warning.</summary>
internal static class NotRestoredRule
{
    public static readonly DiagnosticDescriptor Descriptor = RuleDescriptor.Of(
        RuleIds.NotRestored,
        "An optimized huge page is used as if it were restored",
        "{0} needs a restored huge page, and {1} {2} optimized",
        DiagnosticSeverity.Error);

    public static Diagnostic Report(TailAccess access) => AccessReport.Create(
        Descriptor, access, AccessReport.SeverityOf(access), access.What, access.Page ?? "the huge page", access.Verdict == Verdict.Must ? "is" : "may be");
}
