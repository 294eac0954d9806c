using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Rules;

/// <summary>VMM1004: a tail passed to ref, out, a span or a pointer; an error where it is certainly one, else a warning.</summary>
internal static class TailPassedWritableRule
{
    public static readonly DiagnosticDescriptor Descriptor = RuleDescriptor.Of(
        RuleIds.TailPassedWritable,
        "A read-only tail struct page is passed to a parameter that may be written",
        "{0} may be written by the method it is passed to, and {3} a read-only tail struct page: index {1}, {2}",
        DiagnosticSeverity.Error);

    public static Diagnostic Report(TailAccess access) => AccessReport.Create(
        Descriptor, access, AccessReport.SeverityOf(access), access.What, access.Index, access.Tail, access.Verdict == Verdict.Must ? "is" : "may be");
}
