namespace Vmemmap.Dumps;

/// <summary>What the page tables say of a huge page's vmemmap.</summary>
public enum HugePageState : byte
{
    /// <summary>Part of its vmemmap is mapped by tables that are absent or corrupt.</summary>
    Unknown,

    /// <summary>Every vmemmap page has a frame of its own.</summary>
    Unoptimized,

    /// <summary>Some vmemmap pages alias, fewer than the layout has: rolled back, or in flight when the dump was taken.</summary>
    Partial,

    /// <summary>All vmemmap pages alias that the layout lets alias.</summary>
    Optimized,
}

/// <summary>Why a huge page is not optimized, as far as an image can prove it.</summary>
public enum NotOptimizedReason : byte
{
    /// <summary>It is optimized.</summary>
    None,

    /// <summary>An image does not tell.</summary>
    Unknown,

    /// <summary>Its struct pages fill no more than what every huge page keeps.</summary>
    TooSmall,

    /// <summary>sizeof(struct page) is no power of two, which switches HVO off.</summary>
    StructPageSize,

    /// <summary>Its struct pages lie in the hot-added memory they describe (memmap_on_memory).</summary>
    SelfHosted,
}

/// <summary>A huge page that the census found.</summary>
/// <param name="HeadPfn">PFN of its first base page.</param>
/// <param name="Hstate">Its size.</param>
/// <param name="State">What its page tables say.</param>
/// <param name="Layout">The layout that its aliases have; None without aliases.</param>
/// <param name="Aliases">Vmemmap pages without a frame of their own.</param>
/// <param name="VmemmapAddress">Virtual address of its head struct page.</param>
/// <param name="DistinctFrames">Frames that its struct pages touch.</param>
/// <param name="FirstFrame">Physical address of the frame of its head struct page, page-aligned; null if unknown.</param>
/// <param name="OptimizedFlag">HPG_vmemmap_optimized of its head; null if the head is absent.</param>
/// <param name="AliasesWritable">Whether any alias is writable.</param>
/// <param name="Reason">Why it is not optimized.</param>
/// <param name="HasHead">Whether its head struct page was read; if not, only the page tables speak for it.</param>
/// <param name="PageFlags">Page flags of its head; null if it was not read.</param>
public sealed record HugePageRecord(
    ulong HeadPfn,
    Hstate Hstate,
    HugePageState State,
    VmemmapLayout Layout,
    int Aliases,
    ulong VmemmapAddress,
    int DistinctFrames,
    ulong? FirstFrame,
    bool? OptimizedFlag,
    bool AliasesWritable,
    NotOptimizedReason Reason,
    bool HasHead,
    ulong? PageFlags)
{
    /// <summary>Whether the flag contradicts the tables: it says optimized and they do not, or the other way round.</summary>
    public bool IsFlagMismatch => State != HugePageState.Unknown && OptimizedFlag is { } flag && flag != (State == HugePageState.Optimized);
}

/// <summary>Device DAX compound pages of one alignment whose vmemmap is deduplicated.</summary>
/// <param name="Align">Bytes of a compound page.</param>
/// <param name="Groups">Compound pages.</param>
/// <param name="FreedPages">Vmemmap pages without a frame of their own.</param>
/// <param name="PageTables">Last-level tables that map them.</param>
public sealed record DevdaxGroup(ulong Align, long Groups, long FreedPages, long PageTables);
