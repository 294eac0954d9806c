namespace Vmemmap;

/// <summary>Values of <see cref="StructPage.PageType"/>: a type number in the top byte, the rest 0 when the type is set.</summary>
/// <remarks>
/// 6.12 include/linux/page-flags.h (enum pagetype); 6.12.117's VMCOREINFO prints them as signed NUMBER(PAGE_*_MAPCOUNT_VALUE).
/// The word is shared with _mapcount, so types start where a mapcount would be deeply negative.
/// </remarks>
public static class PageTypes
{
    /// <summary>Lowest bit of the type number.</summary>
    public const int TypeShift = 24;

    /// <summary>PGTY_buddy, 0xf0: the head of a free block of the buddy allocator.</summary>
    public const uint Buddy = 0xf0000000;

    /// <summary>PGTY_offline, 0xf1: offline though its section is online.</summary>
    public const uint Offline = 0xf1000000;

    /// <summary>PGTY_hugetlb, 0xf4: the head of a HugeTLB page.</summary>
    public const uint HugeTlb = 0xf4000000;

    /// <summary>PGTY_slab, 0xf5.</summary>
    public const uint Slab = 0xf5000000;

    /// <summary>No type: _mapcount is -1, that of a page that nothing maps.</summary>
    public const uint None = 0xffffffff;

    /// <summary>Whether a page_type word holds a type: the kernel compares the top byte and lets the low 24 bits be anything.</summary>
    /// <param name="word">The page_type word of a struct page.</param>
    /// <param name="type">One of the types above but <see cref="None"/>.</param>
    public static bool Is(uint word, uint type) => word >> TypeShift == type >> TypeShift;
}
