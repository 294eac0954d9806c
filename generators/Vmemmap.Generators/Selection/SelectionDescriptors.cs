using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Rules;

namespace Vmemmap.Generators.Selection;

/// <summary>The kinds of mistakes as the compiler wants them.</summary>
internal static class SelectionDescriptors
{
    private const string Category = "Vmemmap.Selection";
    private const string Message = "{0}";

    public static readonly DiagnosticDescriptor Architecture =
        Rule(SelectionRules.Architecture, "The architecture to build for is not one that is known");

    public static readonly DiagnosticDescriptor Language = Rule(SelectionRules.Language, "Selecting an architecture needs C# 10");

    public static readonly DiagnosticDescriptor Alias = Rule(SelectionRules.Alias, "The alias of the selected architecture is not a usable C# name");

    private static readonly Dictionary<string, DiagnosticDescriptor> ById =
        new[] { Architecture, Language, Alias }.ToDictionary(descriptor => descriptor.Id);

    /// <summary>All of them, by id.</summary>
    public static IEnumerable<DiagnosticDescriptor> All => ById.Values.OrderBy(descriptor => descriptor.Id, StringComparer.Ordinal);

    /// <summary>The descriptor of an id of <see cref="SelectionRules"/>.</summary>
    public static DiagnosticDescriptor Of(string id) => ById[id];

    private static DiagnosticDescriptor Rule(string id, string title) =>
        new(id, title, Message, Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLinks.Of(id));
}
