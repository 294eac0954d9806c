namespace Vmemmap;

/// <summary>What an entry of a level may be besides a table.</summary>
public enum LeafUse : byte
{
    /// <summary>No leaf: an entry that says it is one is reserved.</summary>
    None,

    /// <summary>The architecture allows a block here; Linux makes none.</summary>
    Legal,

    /// <summary>The architecture allows a block here, and Linux makes them.</summary>
    Block,

    /// <summary>The last level: every leaf is a base page.</summary>
    Page,
}

/// <summary>One level of a page-table tree.</summary>
/// <param name="Name">The kernel's name: PGD, P4D, PUD, PMD or PTE.</param>
/// <param name="Shift">Lowest virtual address bit of the index; one entry reaches 2^Shift bytes.</param>
/// <param name="IndexBits">A table has 2^IndexBits entries of 8 bytes.</param>
/// <param name="Leaf">What a leaf of this level is.</param>
/// <param name="ContiguousCount">Entries of a contiguous group; 1 if the level has no groups.</param>
public readonly record struct Level(string Name, int Shift, int IndexBits, LeafUse Leaf, int ContiguousCount)
{
    /// <summary>Entries of a table.</summary>
    public int EntryCount => 1 << IndexBits;

    /// <summary>Bytes that one entry reaches.</summary>
    public ulong Reach => 1UL << Shift;
}
