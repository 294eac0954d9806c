using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Pipeline;

/// <summary>The kinds of mistakes as the compiler wants them. The message comes whole from the parser, which the runtime shares.</summary>
internal static class TableDescriptors
{
    /// <summary>Category of all of them.</summary>
    public const string Category = "Vmemmap.Tables";

    private static readonly Dictionary<string, DiagnosticDescriptor> ById = TableRules.All.ToDictionary(
        rule => rule.Id,
        rule => new DiagnosticDescriptor(rule.Id, rule.Title, "{0}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true));

    public static DiagnosticDescriptor Of(string id) => ById[id];
}
