using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Rules;

/// <summary>VMM1001: a write that certainly reaches a tail.</summary>
internal static class TailWriteRule
{
    public static readonly DiagnosticDescriptor Descriptor = RuleDescriptor.Of(
        RuleIds.TailWrite,
        "A write to a read-only tail struct page",
        "{0} writes a read-only tail struct page: index {1}, {2}; {3}. Write to the head or restore the vmemmap first.",
        DiagnosticSeverity.Error);

    public static Diagnostic Report(TailAccess access) =>
        AccessReport.Create(Descriptor, access, DiagnosticSeverity.Error, access.What, access.Index, access.Tail, Consequence(access.Tail));

    // Whoever names no architecture may mean one where aliases stay writable, or the struct pages of a device, where they always do.
    private static string Consequence(TailBounds tail) => tail.IsMappedReadOnly switch
    {
        true => "in a kernel this is an oops",
        false => "in a kernel nothing faults, and every struct page that shares these bytes changes with it",
        null => "in a kernel this is an oops or, where aliases are writable, a silent change of every struct page that shares these bytes",
    };
}
