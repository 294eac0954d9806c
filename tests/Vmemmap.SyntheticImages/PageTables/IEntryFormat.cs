namespace Vmemmap.SyntheticImages;

/// <summary>Writes page-table entries the way a family's kernel does, bit for bit.</summary>
internal interface IEntryFormat
{
    /// <summary>An entry that points to a table.</summary>
    ulong Table(ulong address);

    /// <summary>A leaf.</summary>
    /// <param name="address">Physical address.</param>
    /// <param name="lastLevel">Whether it is a page, not a block.</param>
    /// <param name="kind">What it maps.</param>
    /// <param name="grouped">Whether it is one of a contiguous group.</param>
    ulong Leaf(ulong address, bool lastLevel, MappingKind kind, bool grouped);
}
