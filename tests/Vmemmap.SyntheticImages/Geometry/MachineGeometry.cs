namespace Vmemmap.SyntheticImages;

/// <summary>
/// What a kernel build and its CPU fix: the shape of the page tables, the huge page sizes and the sections. Written by hand from
/// the manuals and the kernel's headers, never from the tables under test.
/// </summary>
/// <param name="Name">Canonical name of the architecture whose table is walked.</param>
/// <param name="Family">Which manual the entries follow.</param>
/// <param name="PageShift">log2 of the base page.</param>
/// <param name="TableBits">Virtual address bits that the tree covers.</param>
/// <param name="Levels">Root first.</param>
/// <param name="HugeSizes">HugeTLB sizes in bytes, in the order in which the kernel registers them.</param>
/// <param name="SectionShift">SECTION_SIZE_BITS.</param>
/// <param name="MaxPhysicalBits">MAX_PHYSMEM_BITS.</param>
/// <param name="MapsVmemmapByBlocks">Whether full sections of vmemmap are mapped by PMD leaves.</param>
/// <param name="Lpa2">Whether bits 9:8 of an arm64 entry are address bits 51:50.</param>
public sealed record MachineGeometry(
    string Name,
    CpuFamily Family,
    int PageShift,
    int TableBits,
    IReadOnlyList<TableLevel> Levels,
    IReadOnlyList<ulong> HugeSizes,
    int SectionShift,
    int MaxPhysicalBits,
    bool MapsVmemmapByBlocks,
    bool Lpa2 = false)
{
    /// <summary>Bytes of a base page.</summary>
    public ulong PageSize => 1UL << PageShift;

    /// <summary>log2 of the base pages of a section.</summary>
    public int PagesPerSectionShift => SectionShift - PageShift;

    /// <summary>Index of the last level.</summary>
    public int LastLevel => Levels.Count - 1;

    /// <summary>log2 of the bytes that one last-level table maps.</summary>
    public int LastTableShift => PageShift + Levels[^1].IndexBits;
}
