using Microsoft.CodeAnalysis;

namespace Vmemmap.Analyzers.Rules;

/// <summary>VMM1005: the kernel's BUILD_BUG_ON.</summary>
internal static class SubpageIndexRule
{
    public static readonly DiagnosticDescriptor Descriptor = RuleDescriptor.Of(
        RuleIds.SubpageIndexTooLarge,
        "A sub-page index does not fit the struct pages that are kept",
        "{0} is {1}, and an optimized huge page keeps {2} struct pages ({3}): {4}",
        DiagnosticSeverity.Error);
}
