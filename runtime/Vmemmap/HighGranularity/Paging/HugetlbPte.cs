namespace Vmemmap.HighGranularity;

/// <summary>
/// One position in a process's page tables (struct hugetlb_pte of the HGM series): an entry, or a contiguous group of entries, known by
/// its first one. A group keeps the level of its entries and has the larger shift.
/// </summary>
/// <param name="EntryAddress">Physical address of the entry; of a group, of its first one.</param>
/// <param name="Shift">log2 of the bytes that the entry, or the group, maps.</param>
/// <param name="Level">The level.</param>
public readonly record struct HugetlbPte(ulong EntryAddress, int Shift, HugetlbLevel Level)
{
    /// <summary>Bytes that it maps.</summary>
    public ulong Size => 1UL << Shift;

    /// <summary>Mask of the addresses within what it maps; the complement of hugetlb_pte_mask.</summary>
    public ulong OffsetMask => Size - 1;
}
