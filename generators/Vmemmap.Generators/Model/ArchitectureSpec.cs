namespace Vmemmap.Tables.Model;

/// <summary>What an entry of a level may be besides a table.</summary>
internal enum LeafUse
{
    /// <summary>No leaf: an entry that says it is one is reserved.</summary>
    None,

    /// <summary>The architecture allows a block here and Linux makes none.</summary>
    Legal,

    /// <summary>The architecture allows a block here and Linux makes them.</summary>
    Block,

    /// <summary>The last level.</summary>
    Page,
}

/// <summary>Which virtual addresses the root translates.</summary>
internal enum CanonicalRule
{
    /// <summary>All bits above the top index bit equal it (x86, RISC-V).</summary>
    SignExtended,

    /// <summary>All bits above the top index bit are ones (Arm TTBR1, the kernel's half).</summary>
    UpperHalf,
}

/// <summary>Whether an entry is something: (entry &amp; Mask) == Value.</summary>
/// <param name="Mask">The raw bits that count; 0 if the entry can never be it.</param>
/// <param name="Value">What they must read.</param>
internal readonly record struct BitTest(ulong Mask, ulong Value);

/// <summary>A level of the tree, with the arithmetic done.</summary>
/// <param name="Name">PGD, P4D, PUD, PMD or PTE.</param>
/// <param name="Identifier">The name as the start of an emitted constant's: "Pgd".</param>
/// <param name="Shift">Lowest index bit; one entry reaches 2^Shift bytes.</param>
/// <param name="IndexBits">The table has 2^IndexBits entries of 8 bytes.</param>
/// <param name="Leaf">What a leaf here is.</param>
/// <param name="ContiguousShift">log2 of the entries of a contiguous group; 0 if the level has none.</param>
/// <param name="LeafAddressMask">Raw address bits of a leaf of this level.</param>
/// <param name="LeafReservedMask">Raw address bits that a leaf of this level must leave clear (its address would not be aligned).</param>
/// <param name="NapotMask">Raw address bits that encode the size of a Svnapot group; 0 unless the level has such groups.</param>
/// <param name="NapotValue">What they must read.</param>
/// <param name="TableTest">The bits that make a valid entry a table; none on the last level.</param>
/// <param name="LeafTest">
/// The bits that a leaf must have besides: set where the leaf rule needs one bit, clear where it is reserved. A leaf rule of several
/// bits, readability and the Svnapot pattern come on top.
/// </param>
internal sealed record LevelSpec(
    string Name,
    string Identifier,
    int Shift,
    int IndexBits,
    LeafUse Leaf,
    int ContiguousShift,
    ulong LeafAddressMask,
    ulong LeafReservedMask,
    ulong NapotMask,
    ulong NapotValue,
    BitTest TableTest,
    BitTest LeafTest);

/// <summary>A huge page size that the kernel registers for this architecture.</summary>
/// <param name="Name">The size with the largest unit that divides it: "2M".</param>
/// <param name="Size">Bytes.</param>
/// <param name="Order">log2 of its base pages.</param>
/// <param name="Level">Index of the level whose leaves (or groups of leaves) map it.</param>
/// <param name="ContiguousCount">Leaves in the group; 1 if one leaf maps it.</param>
/// <param name="StructPageBytes">Bytes of its struct pages, 64 each.</param>
/// <param name="VmemmapPages">Pages that these fill; a fraction where they are less than a page.</param>
/// <param name="FreedReserveTwo">Vmemmap pages given back when two are kept (v5.14 to v5.17).</param>
/// <param name="FreedReserveOne">Vmemmap pages given back when one is kept (v5.18 on).</param>
internal sealed record HstateSpec(
    string Name,
    ulong Size,
    int Order,
    int Level,
    int ContiguousCount,
    long StructPageBytes,
    double VmemmapPages,
    long FreedReserveTwo,
    long FreedReserveOne);

/// <summary>
/// One architecture, bound and checked. This is the incremental cache boundary: it compares by value and holds no positions,
/// so re-indenting a table re-emits nothing.
/// </summary>
/// <param name="Name">Canonical name: "arm64-16k-va48".</param>
/// <param name="Alias">Second name, or empty.</param>
/// <param name="TypeName">Name of the emitted struct.</param>
/// <param name="Namespace">Namespace of the emitted struct as the table gives it, or null for the project's.</param>
/// <param name="Accessibility">"public" or "internal" as the table gives it, or null for the project's.</param>
/// <param name="PageShift">log2 of the base page.</param>
/// <param name="VirtualAddressBits">Bits that the indices and the offset cover.</param>
/// <param name="PhysicalAddressBits">Bits that an entry can express.</param>
/// <param name="Canonical">Which addresses the root translates.</param>
/// <param name="HasReadOnlyKernelMappings">False where the kernel's PAGE_KERNEL_RO is PAGE_KERNEL (riscv64, loongarch64).</param>
/// <param name="RequiresBreakBeforeMake">A live entry may not get another output address (arm64, s390x).</param>
/// <param name="MapsVmemmapByBlocks">The kernel maps vmemmap by leaves above the last level.</param>
/// <param name="Entry">The entry format, clipped to the page size.</param>
/// <param name="Levels">Root first.</param>
/// <param name="Hstates">In the kernel's registration order.</param>
/// <param name="DefaultHstate">Index into <paramref name="Hstates"/>.</param>
internal sealed record ArchitectureSpec(
    string Name,
    string Alias,
    string TypeName,
    string? Namespace,
    string? Accessibility,
    int PageShift,
    int VirtualAddressBits,
    int PhysicalAddressBits,
    CanonicalRule Canonical,
    bool HasReadOnlyKernelMappings,
    bool RequiresBreakBeforeMake,
    bool MapsVmemmapByBlocks,
    EntrySpec Entry,
    EquatableArray<LevelSpec> Levels,
    EquatableArray<HstateSpec> Hstates,
    int DefaultHstate);
