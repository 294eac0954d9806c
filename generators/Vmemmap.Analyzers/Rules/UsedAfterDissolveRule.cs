using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Rules;

/// <summary>VMM1007: an error where the huge page is certainly gone, else a warning.</summary>
internal static class UsedAfterDissolveRule
{
    public static readonly DiagnosticDescriptor Descriptor = RuleDescriptor.Of(
        RuleIds.UsedAfterDissolve,
        "A huge page is used after it was dissolved",
        "{0} {1} dissolved: its frames may belong to somebody else",
        DiagnosticSeverity.Error);

    public static Diagnostic Report(TailAccess access) => AccessReport.Create(
        Descriptor, access, AccessReport.SeverityOf(access), access.Page ?? access.What, access.Verdict == Verdict.Must ? "was" : "may have been");
}
