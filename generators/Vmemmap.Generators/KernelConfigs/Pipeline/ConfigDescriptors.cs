using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Rules;
using Vmemmap.Generators.KernelConfigs.Parsing;

namespace Vmemmap.Generators.KernelConfigs.Pipeline;

/// <summary>The kinds of mistakes as the compiler wants them.</summary>
internal static class ConfigDescriptors
{
    private const string Category = "Vmemmap.KernelConfigs";
    private const string Message = "{0}";

    public static readonly DiagnosticDescriptor NoConfig = Error(ConfigRules.NoConfig, "The file is no kernel configuration");

    public static readonly DiagnosticDescriptor Version = Error(ConfigRules.Version, "The kernel's version is missing or cannot be read");

    public static readonly DiagnosticDescriptor MalformedLine = Warning(ConfigRules.MalformedLine, "A line of a kernel configuration cannot be read");

    public static readonly DiagnosticDescriptor SetTwice = Warning(ConfigRules.SetTwice, "A symbol of a kernel configuration is set twice");

    public static readonly DiagnosticDescriptor Contradiction = Error(ConfigRules.Contradiction, "Two lines of a kernel configuration contradict each other");

    public static readonly DiagnosticDescriptor Impossible = Error(ConfigRules.Impossible, "No kernel has this combination");

    public static readonly DiagnosticDescriptor NotCovered = Error(ConfigRules.NotCovered, "No built-in architecture covers the kernel");

    public static readonly DiagnosticDescriptor MissingSymbol = Error(ConfigRules.MissingSymbol, "A symbol that decides is missing from a kernel configuration");

    public static readonly DiagnosticDescriptor ForeignSymbol = Warning(ConfigRules.ForeignSymbol, "A symbol belongs to another release");

    public static readonly DiagnosticDescriptor StructPageSize = Warning(ConfigRules.StructPageSize, "The size of a struct page does not follow from the configuration");

    public static readonly DiagnosticDescriptor NoSuchFile = Error(ConfigRules.NoSuchFile, "The project has no kernel configuration of that name");

    public static readonly DiagnosticDescriptor SeveralFiles = Error(ConfigRules.SeveralFiles, "The project has several kernel configurations of that name");

    public static readonly DiagnosticDescriptor Target = Error(ConfigRules.Target, "The class cannot take the constants of a kernel");

    public static readonly DiagnosticDescriptor AttributeValue = Error(ConfigRules.AttributeValue, "A value of the attribute cannot be");

    private static readonly Dictionary<string, DiagnosticDescriptor> ById = new[]
    {
        NoConfig, Version, MalformedLine, SetTwice, Contradiction, Impossible, NotCovered, MissingSymbol, ForeignSymbol, StructPageSize, NoSuchFile,
        SeveralFiles, Target, AttributeValue,
    }.ToDictionary(descriptor => descriptor.Id);

    /// <summary>All of them, by id.</summary>
    public static IEnumerable<DiagnosticDescriptor> All => ById.Values.OrderBy(descriptor => descriptor.Id, StringComparer.Ordinal);

    /// <summary>The descriptor of an id of <see cref="ConfigRules"/>.</summary>
    public static DiagnosticDescriptor Of(string id) => ById[id];

    private static DiagnosticDescriptor Error(string id, string title) => Rule(id, title, DiagnosticSeverity.Error);

    private static DiagnosticDescriptor Warning(string id, string title) => Rule(id, title, DiagnosticSeverity.Warning);

    private static DiagnosticDescriptor Rule(string id, string title, DiagnosticSeverity severity) =>
        new(id, title, Message, Category, severity, isEnabledByDefault: true, helpLinkUri: HelpLinks.Of(id));
}
