using System.Collections.Generic;

namespace Vmemmap.Tables.Parsing;

/// <summary>A kind of mistake that a table can have.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Title">One line that fits every mistake of the kind.</param>
internal sealed record TableRule(string Id, string Title);

/// <summary>All kinds of mistakes, one id each. Ids are never reused.</summary>
internal static class TableRules
{
    public static readonly TableRule BrokenXml = new("VMM2001", "The table is not well-formed XML");
    public static readonly TableRule UnknownElement = new("VMM2002", "Unknown element or text in a table");
    public static readonly TableRule UnknownAttribute = new("VMM2003", "Unknown attribute in a table");
    public static readonly TableRule MissingAttribute = new("VMM2004", "An attribute or a child element is missing");
    public static readonly TableRule MalformedValue = new("VMM2005", "A value cannot be read");
    public static readonly TableRule IndexBits = new("VMM2006", "Index bits overlap or leave a gap");
    public static readonly TableRule TableSize = new("VMM2007", "A page table is larger than a page");
    public static readonly TableRule LeafLevel = new("VMM2008", "A level's leaf does not fit its place");
    public static readonly TableRule ContiguousGroup = new("VMM2009", "A contiguous group is impossible");
    public static readonly TableRule HugePageSize = new("VMM2010", "No leaf gives this huge page size");
    public static readonly TableRule DefaultSize = new("VMM2011", "The default is not one of the huge page sizes");
    public static readonly TableRule EntryBits = new("VMM2012", "Entry bits collide");
    public static readonly TableRule AddressPieces = new("VMM2013", "Address pieces overlap or leave a gap");
    public static readonly TableRule UnknownEntry = new("VMM2014", "Unknown entry format");
    public static readonly TableRule Duplicate = new("VMM2015", "A name is taken already");
    public static readonly TableRule TypeName = new("VMM2016", "Not a usable C# name");
    public static readonly TableRule AttributeChoice = new("VMM2017", "Exactly one of several attributes is needed");

    /// <summary>All of them, by id.</summary>
    public static IReadOnlyList<TableRule> All { get; } =
    [
        BrokenXml, UnknownElement, UnknownAttribute, MissingAttribute, MalformedValue, IndexBits, TableSize, LeafLevel,
        ContiguousGroup, HugePageSize, DefaultSize, EntryBits, AddressPieces, UnknownEntry, Duplicate, TypeName, AttributeChoice,
    ];
}
