namespace Vmemmap.Tables.Parsing;

/// <summary>The kinds of mistakes that a table can have, one id each. Ids are never reused.</summary>
internal static class TableRules
{
    /// <summary>The table is not well-formed XML.</summary>
    public const string BrokenXml = "VMM2001";

    /// <summary>Unknown element or text in a table.</summary>
    public const string UnknownElement = "VMM2002";

    /// <summary>Unknown attribute in a table.</summary>
    public const string UnknownAttribute = "VMM2003";

    /// <summary>An attribute or a child element is missing.</summary>
    public const string MissingAttribute = "VMM2004";

    /// <summary>A value cannot be read.</summary>
    public const string MalformedValue = "VMM2005";

    /// <summary>Index bits overlap or leave a gap.</summary>
    public const string IndexBits = "VMM2006";

    /// <summary>A page table is larger than a page.</summary>
    public const string TableSize = "VMM2007";

    /// <summary>A level's leaf does not fit its place.</summary>
    public const string LeafLevel = "VMM2008";

    /// <summary>A contiguous group is impossible.</summary>
    public const string ContiguousGroup = "VMM2009";

    /// <summary>No leaf gives this huge page size.</summary>
    public const string HugePageSize = "VMM2010";

    /// <summary>The default is not one of the huge page sizes.</summary>
    public const string DefaultSize = "VMM2011";

    /// <summary>Entry bits collide.</summary>
    public const string EntryBits = "VMM2012";

    /// <summary>Address pieces overlap or leave a gap.</summary>
    public const string AddressPieces = "VMM2013";

    /// <summary>Unknown entry format.</summary>
    public const string UnknownEntry = "VMM2014";

    /// <summary>A name is taken already.</summary>
    public const string Duplicate = "VMM2015";

    /// <summary>Not a usable C# name.</summary>
    public const string TypeName = "VMM2016";

    /// <summary>Exactly one of several attributes is needed.</summary>
    public const string AttributeChoice = "VMM2017";
}
