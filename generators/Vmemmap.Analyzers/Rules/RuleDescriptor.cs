using Microsoft.CodeAnalysis;

namespace Vmemmap.Analyzers.Rules;

/// <summary>What all these rules share.</summary>
internal static class RuleDescriptor
{
    public const string Category = "Vmemmap.StructPages";

    public static DiagnosticDescriptor Of(string id, string title, string message, DiagnosticSeverity severity) =>
        new(id, title, message, Category, severity, isEnabledByDefault: true, helpLinkUri: HelpLinks.Of(id));
}
