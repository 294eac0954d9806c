using Microsoft.CodeAnalysis;

namespace Vmemmap.Analyzers.Rules;

/// <summary>VMM4001: what the project declares hides the alias of the selected architecture.</summary>
internal static class TargetAliasRule
{
    public static readonly DiagnosticDescriptor Descriptor = new(
        RuleIds.TargetHidden,
        "A declaration hides the selected architecture",
        "this {0} is found in place of the alias '{1}' of VmemmapArchitecture {2}; rename it, or set VmemmapTargetAlias to another name",
        "Vmemmap.Selection",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLinks.Of(RuleIds.TargetHidden));
}
