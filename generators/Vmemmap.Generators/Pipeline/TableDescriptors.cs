using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Rules;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Pipeline;

/// <summary>The kinds of mistakes as the compiler wants them. The message comes whole from the parser, which the runtime shares.</summary>
internal static class TableDescriptors
{
    private const string Category = "Vmemmap.Tables";
    private const string Message = "{0}";

    public static readonly DiagnosticDescriptor BrokenXml = Rule(TableRules.BrokenXml, "The table is not well-formed XML");

    public static readonly DiagnosticDescriptor UnknownElement = Rule(TableRules.UnknownElement, "Unknown element or text in a table");

    public static readonly DiagnosticDescriptor UnknownAttribute = Rule(TableRules.UnknownAttribute, "Unknown attribute in a table");

    public static readonly DiagnosticDescriptor MissingAttribute = Rule(TableRules.MissingAttribute, "An attribute or a child element is missing");

    public static readonly DiagnosticDescriptor MalformedValue = Rule(TableRules.MalformedValue, "A value cannot be read");

    public static readonly DiagnosticDescriptor IndexBits = Rule(TableRules.IndexBits, "Index bits overlap or leave a gap");

    public static readonly DiagnosticDescriptor TableSize = Rule(TableRules.TableSize, "A page table is larger than a page");

    public static readonly DiagnosticDescriptor LeafLevel = Rule(TableRules.LeafLevel, "A level's leaf does not fit its place");

    public static readonly DiagnosticDescriptor ContiguousGroup = Rule(TableRules.ContiguousGroup, "A contiguous group is impossible");

    public static readonly DiagnosticDescriptor HugePageSize = Rule(TableRules.HugePageSize, "No leaf gives this huge page size");

    public static readonly DiagnosticDescriptor DefaultSize = Rule(TableRules.DefaultSize, "The default is not one of the huge page sizes");

    public static readonly DiagnosticDescriptor EntryBits = Rule(TableRules.EntryBits, "Entry bits collide");

    public static readonly DiagnosticDescriptor AddressPieces = Rule(TableRules.AddressPieces, "Address pieces overlap or leave a gap");

    public static readonly DiagnosticDescriptor UnknownEntry = Rule(TableRules.UnknownEntry, "Unknown entry format");

    public static readonly DiagnosticDescriptor Duplicate = Rule(TableRules.Duplicate, "A name is taken already");

    public static readonly DiagnosticDescriptor TypeName = Rule(TableRules.TypeName, "Not a usable C# name");

    public static readonly DiagnosticDescriptor AttributeChoice = Rule(TableRules.AttributeChoice, "Exactly one of several attributes is needed");

    private static readonly Dictionary<string, DiagnosticDescriptor> ById = new[]
    {
        BrokenXml, UnknownElement, UnknownAttribute, MissingAttribute, MalformedValue, IndexBits, TableSize, LeafLevel,
        ContiguousGroup, HugePageSize, DefaultSize, EntryBits, AddressPieces, UnknownEntry, Duplicate, TypeName, AttributeChoice,
    }.ToDictionary(descriptor => descriptor.Id);

    /// <summary>All of them, by id.</summary>
    public static IEnumerable<DiagnosticDescriptor> All => ById.Values.OrderBy(descriptor => descriptor.Id, StringComparer.Ordinal);

    /// <summary>The descriptor of an id of <see cref="TableRules"/>.</summary>
    public static DiagnosticDescriptor Of(string id) => ById[id];

    private static DiagnosticDescriptor Rule(string id, string title) =>
        new(id, title, Message, Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLinks.Of(id));
}
