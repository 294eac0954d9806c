namespace Vmemmap.Dumps;

/// <summary>How a kernel marks the struct pages of a HugeTLB page. There were five forms from v5.14 to v6.12.</summary>
/// <param name="Kind">The form.</param>
/// <param name="Key">The VMCOREINFO key that chose it.</param>
/// <param name="Offset">Byte offset of the mark from the head struct page.</param>
/// <param name="Width">Bytes of the mark: 1, 4 or 8.</param>
/// <param name="Mask">Bits of the mark that count.</param>
/// <param name="Value">What they read in a HugeTLB page.</param>
/// <param name="OrderOffset">Byte offset of the order from the head struct page; one byte.</param>
internal sealed record HugetlbMark(string Kind, string Key, int Offset, int Width, ulong Mask, ulong Value, int OrderOffset)
{
    private const uint PageTypeBase = 0xf0000000;

    /// <summary>Chooses by the key that VMCOREINFO has.</summary>
    /// <returns>Null if it has none of them.</returns>
    /// <exception cref="ImageFormatException">A key names a place outside the first two struct pages.</exception>
    public static HugetlbMark? Find(string path, Vmcoreinfo info, int structPageSize)
    {
        HugetlbMark? mark = Find(info, structPageSize);
        return mark is null || (IsWithin(mark.Offset, mark.Width, structPageSize) && IsWithin(mark.OrderOffset, 1, structPageSize))
            ? mark
            : throw new ImageFormatException(
                path, $"VMCOREINFO puts the HugeTLB mark at byte {mark.Offset} and the order at byte {mark.OrderOffset} of a head of {structPageSize} bytes; give good offsets with --vmcoreinfo");
    }

    private static bool IsWithin(int offset, int width, int structPageSize) => offset >= 0 && offset + width <= 2 * structPageSize;

    private static HugetlbMark? Find(Vmcoreinfo info, int structPageSize)
    {
        _ = info.TryGetOffset("page.flags", out long flags);
        int secondFlags = structPageSize + Bounded(flags);

        if (info.TryGetNumber("PAGE_HUGETLB_MAPCOUNT_VALUE", out long type) && info.TryGetOffset("page._mapcount", out long typeOffset))
        {
            uint word = (uint)type;
            // v6.12: the type is a number in the top byte. Before, each type was a bit that is cleared, and the key is ~bit.
            return (word & 0x00ffffff) == 0
                ? new HugetlbMark("page_type number", "NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)", Bounded(typeOffset), 4, 0xff000000, word & 0xff000000, secondFlags)
                : new HugetlbMark("page_type bit", "NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)", Bounded(typeOffset), 4, PageTypeBase | ~word, PageTypeBase, secondFlags);
        }

        if (info.TryGetNumber("PG_hugetlb", out long bit) && bit is >= 0 and < 64)
        {
            return new HugetlbMark("flag of page[1]", "NUMBER(PG_hugetlb)", secondFlags, 8, 1UL << (int)bit, 1UL << (int)bit, secondFlags);
        }

        if (!info.TryGetNumber("HUGETLB_PAGE_DTOR", out long destructor))
        {
            return null;
        }

        if (info.TryGetOffset("folio._folio_dtor", out long folioDestructor) && info.TryGetOffset("folio._folio_order", out long folioOrder))
        {
            return new HugetlbMark("folio destructor", "OFFSET(folio._folio_dtor)", Bounded(folioDestructor), 1, 0xff, (byte)destructor, Bounded(folioOrder));
        }

        return info.TryGetOffset("page.compound_dtor", out long pageDestructor) && info.TryGetOffset("page.compound_order", out long pageOrder)
            ? new HugetlbMark("compound destructor", "OFFSET(page.compound_dtor)", structPageSize + Bounded(pageDestructor), 1, 0xff, (byte)destructor, structPageSize + Bounded(pageOrder))
            : null;
    }

    /// <summary>An offset that cannot be one stays out of bounds when it becomes an int.</summary>
    private static int Bounded(long offset) => offset is >= 0 and < 1 << 16 ? (int)offset : 1 << 16;
}
