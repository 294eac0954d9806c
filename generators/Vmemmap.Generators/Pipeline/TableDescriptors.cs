using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Pipeline;

/// <summary>The kinds of mistakes as the compiler wants them. The message comes whole from the parser, which the runtime shares.</summary>
internal static class TableDescriptors
{
    private const string Category = "Vmemmap.Tables";
    private const string Message = "{0}";

    public static readonly DiagnosticDescriptor BrokenXml =
        new(TableRules.BrokenXml, "The table is not well-formed XML", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor UnknownElement =
        new(TableRules.UnknownElement, "Unknown element or text in a table", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor UnknownAttribute =
        new(TableRules.UnknownAttribute, "Unknown attribute in a table", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor MissingAttribute =
        new(TableRules.MissingAttribute, "An attribute or a child element is missing", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor MalformedValue =
        new(TableRules.MalformedValue, "A value cannot be read", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor IndexBits =
        new(TableRules.IndexBits, "Index bits overlap or leave a gap", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor TableSize =
        new(TableRules.TableSize, "A page table is larger than a page", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor LeafLevel =
        new(TableRules.LeafLevel, "A level's leaf does not fit its place", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor ContiguousGroup =
        new(TableRules.ContiguousGroup, "A contiguous group is impossible", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor HugePageSize =
        new(TableRules.HugePageSize, "No leaf gives this huge page size", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor DefaultSize =
        new(TableRules.DefaultSize, "The default is not one of the huge page sizes", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor EntryBits =
        new(TableRules.EntryBits, "Entry bits collide", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor AddressPieces =
        new(TableRules.AddressPieces, "Address pieces overlap or leave a gap", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor UnknownEntry =
        new(TableRules.UnknownEntry, "Unknown entry format", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor Duplicate =
        new(TableRules.Duplicate, "A name is taken already", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor TypeName =
        new(TableRules.TypeName, "Not a usable C# name", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor AttributeChoice =
        new(TableRules.AttributeChoice, "Exactly one of several attributes is needed", Message, Category, DiagnosticSeverity.Error, true);

    private static readonly Dictionary<string, DiagnosticDescriptor> ById = new[]
    {
        BrokenXml, UnknownElement, UnknownAttribute, MissingAttribute, MalformedValue, IndexBits, TableSize, LeafLevel,
        ContiguousGroup, HugePageSize, DefaultSize, EntryBits, AddressPieces, UnknownEntry, Duplicate, TypeName, AttributeChoice,
    }.ToDictionary(descriptor => descriptor.Id);

    /// <summary>All of them, by id.</summary>
    public static IEnumerable<DiagnosticDescriptor> All => ById.Values.OrderBy(descriptor => descriptor.Id, StringComparer.Ordinal);

    /// <summary>The descriptor of an id of <see cref="TableRules"/>.</summary>
    public static DiagnosticDescriptor Of(string id) => ById[id];
}
