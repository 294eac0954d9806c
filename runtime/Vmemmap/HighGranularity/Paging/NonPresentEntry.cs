namespace Vmemmap.HighGranularity;

/// <summary>What an entry says that maps nothing and is not none.</summary>
public enum NonPresentKind : byte
{
    /// <summary>It is none, or present.</summary>
    None,

    /// <summary>Its page is being moved to another frame (swap type SWP_MIGRATION_READ and its kin).</summary>
    Migration,

    /// <summary>Its base page, or huge page, has a memory error (SWP_HWPOISON).</summary>
    HwPoison,

    /// <summary>It remembers something of an address that nothing is mapped at (SWP_PTE_MARKER, PTE_MARKER_UFFD_WP).</summary>
    Marker,
}

/// <summary>
/// Entries that are not present. The bit that makes an entry valid is 0 in all of them; where the kernel's architectures put type and
/// offset of their swap entries differs, and here it is the same for all: type in bits 63:60, size in bits 59:54, frame from bit 8 on. Bits 7:5 of a
/// migration say whether the leaf could be written, was read, was written (since 6.1 include/linux/swapops.h).
/// </summary>
public static class NonPresentEntry
{
    private const int KindShift = 60;
    private const int SizeShift = 54;
    private const ulong SizeMask = 63;
    private const int FrameShift = 8;

    /// <summary>Makes an entry.</summary>
    /// <param name="kind">What it says.</param>
    /// <param name="shift">log2 of the bytes it stands for; all entries of a group say the group's.</param>
    /// <param name="pfn">The first frame of these bytes; 0 for a marker.</param>
    /// <exception cref="ArgumentOutOfRangeException">The frame has more than 46 bits, or the kind is <see cref="NonPresentKind.None"/>.</exception>
    public static ulong Make(NonPresentKind kind, int shift, ulong pfn)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)kind, (int)NonPresentKind.None, nameof(kind));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(pfn, 1UL << (SizeShift - FrameShift));
        return ((ulong)kind << KindShift) | ((ulong)shift << SizeShift) | (pfn << FrameShift);
    }

    /// <summary>What an entry says.</summary>
    /// <typeparam name="TArch">The architecture.</typeparam>
    /// <param name="entry">The entry.</param>
    public static NonPresentKind KindOf<TArch>(ulong entry)
        where TArch : struct, IArchitecture =>
        entry == 0 || (entry & TArch.ValidMask) != 0 ? NonPresentKind.None : (NonPresentKind)(entry >> KindShift);

    /// <summary>log2 of the bytes that a non-present entry stands for.</summary>
    /// <param name="entry">The entry.</param>
    public static int ShiftOf(ulong entry) => (int)((entry >> SizeShift) & SizeMask);

    /// <summary>The first frame of what a non-present entry stands for.</summary>
    /// <param name="entry">The entry.</param>
    public static ulong FrameOf(ulong entry) => (entry & ((1UL << SizeShift) - 1)) >> FrameShift;
}
