using Microsoft.CodeAnalysis;

namespace Vmemmap.Analyzers.Rules;

/// <summary>VMM1006: a struct page of a size that no power of two is, or another than the kernel's.</summary>
internal static class StructPageSizeRule
{
    public static readonly DiagnosticDescriptor Descriptor = RuleDescriptor.Of(
        RuleIds.StructPageSize,
        "The size of a struct page switches the optimization off",
        "{0} is {1} bytes: {2}",
        DiagnosticSeverity.Warning);
}
