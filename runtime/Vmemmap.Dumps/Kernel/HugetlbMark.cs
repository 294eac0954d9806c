namespace Vmemmap.Dumps;

/// <summary>How a kernel marks the struct pages of a HugeTLB page. It changed five times between v6.2 and v6.12.</summary>
/// <param name="Kind">The form.</param>
/// <param name="Offset">Byte offset of the mark from the head struct page.</param>
/// <param name="Width">Bytes of the mark: 1, 4 or 8.</param>
/// <param name="Mask">Bits of the mark that count.</param>
/// <param name="Value">What they read in a HugeTLB page.</param>
/// <param name="OrderOffset">Byte offset of the order from the head struct page; one byte.</param>
internal sealed record HugetlbMark(string Kind, int Offset, int Width, ulong Mask, ulong Value, int OrderOffset)
{
    private const uint PageTypeBase = 0xf0000000;

    /// <summary>Chooses by the key that VMCOREINFO has.</summary>
    /// <returns>Null if it has none of them.</returns>
    public static HugetlbMark? Find(Vmcoreinfo info, int structPageSize)
    {
        _ = info.TryGetOffset("page.flags", out long flags);
        int secondFlags = structPageSize + (int)flags;

        if (info.TryGetNumber("PAGE_HUGETLB_MAPCOUNT_VALUE", out long type) && info.TryGetOffset("page._mapcount", out long typeOffset))
        {
            uint word = (uint)type;
            // v6.12: the type is a number in the top byte. Before, each type was a bit that is cleared, and the key is ~bit.
            return (word & 0x00ffffff) == 0
                ? new HugetlbMark("page_type number", (int)typeOffset, 4, 0xff000000, word & 0xff000000, secondFlags)
                : new HugetlbMark("page_type bit", (int)typeOffset, 4, PageTypeBase | ~word, PageTypeBase, secondFlags);
        }

        if (info.TryGetNumber("PG_hugetlb", out long bit) && bit is >= 0 and < 64)
        {
            return new HugetlbMark("flag of page[1]", secondFlags, 8, 1UL << (int)bit, 1UL << (int)bit, secondFlags);
        }

        if (!info.TryGetNumber("HUGETLB_PAGE_DTOR", out long destructor))
        {
            return null;
        }

        if (info.TryGetOffset("folio._folio_dtor", out long folioDestructor) && info.TryGetOffset("folio._folio_order", out long folioOrder))
        {
            return new HugetlbMark("folio destructor", (int)folioDestructor, 1, 0xff, (byte)destructor, (int)folioOrder);
        }

        return info.TryGetOffset("page.compound_dtor", out long pageDestructor) && info.TryGetOffset("page.compound_order", out long pageOrder)
            ? new HugetlbMark("compound destructor", structPageSize + (int)pageDestructor, 1, 0xff, (byte)destructor, structPageSize + (int)pageOrder)
            : null;
    }
}
