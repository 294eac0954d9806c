namespace Vmemmap.HighGranularity;

/// <summary>What a leaf says beside its address: carried over when it is split.</summary>
/// <param name="IsWritable">Whether it allows writes.</param>
/// <param name="IsAccessed">Whether it was used (the accessed flag).</param>
/// <param name="IsDirty">Whether it was written to (the dirty flag).</param>
internal readonly record struct LeafBits(bool IsWritable, bool IsAccessed, bool IsDirty)
{
    private const ulong MigrationWritable = 1 << 5;
    private const ulong MigrationAccessed = 1 << 6;
    private const ulong MigrationDirty = 1 << 7;

    /// <summary>A new leaf of a mapping: used, and written to if it can be (make_huge_pte, 6.1 mm/hugetlb.c).</summary>
    public static LeafBits New(bool writable) => new(writable, IsAccessed: true, IsDirty: writable);

    /// <summary>Those of a leaf.</summary>
    public static LeafBits Of<TArch>(ulong entry)
        where TArch : struct, IArchitecture =>
        new(TArch.IsWritable(entry), (entry & TArch.AccessedMask) != 0, (entry & TArch.DirtyMask) != 0);

    /// <summary>Those of the leaf that a migration has taken the place of.</summary>
    public static LeafBits OfMigration(ulong entry) =>
        new((entry & MigrationWritable) != 0, (entry & MigrationAccessed) != 0, (entry & MigrationDirty) != 0);

    /// <summary>An entry that takes the place of such a leaf while its page is being moved (make_writable_migration_entry and its kin).</summary>
    /// <param name="shift">log2 of the leaf's bytes.</param>
    /// <param name="pfn">The leaf's first frame.</param>
    public ulong Migration(int shift, ulong pfn) =>
        NonPresentEntry.Make(NonPresentKind.Migration, shift, pfn)
        | (IsWritable ? MigrationWritable : 0)
        | (IsAccessed ? MigrationAccessed : 0)
        | (IsDirty ? MigrationDirty : 0);

    /// <summary>A leaf that says so.</summary>
    public ulong Leaf<TArch>(int level, ulong physicalAddress, bool contiguous)
        where TArch : struct, IArchitecture
    {
        ulong entry = TArch.MakeUserLeaf(level, physicalAddress, IsWritable, contiguous);
        entry = IsAccessed ? entry | TArch.AccessedMask : entry & ~TArch.AccessedMask;
        return IsDirty ? entry | TArch.DirtyMask : entry & ~TArch.DirtyMask;
    }
}
