using System.Numerics;

namespace Vmemmap;

/// <summary>A HugeTLB page size of an architecture, and the vmemmap arithmetic of it.</summary>
/// <param name="Name">The size as the kernel's users write it: "2M".</param>
/// <param name="Size">Bytes.</param>
/// <param name="Order">log2 of its base pages (struct hstate.order).</param>
/// <param name="Level">Level whose leaves map it, 0 = root.</param>
/// <param name="ContiguousCount">Leaves that map it together; 1 if one leaf does.</param>
/// <remarks>
/// Counts as in the kernel: v5.14-v5.17 truncate the vmemmap to whole pages and keep two, v5.18 on keep one page's worth of
/// bytes and nothing is freed unless struct page is a power of two (v6.12 mm/hugetlb_vmemmap.h:17-44).
/// </remarks>
public readonly record struct Hstate(string Name, ulong Size, int Order, int Level, int ContiguousCount)
{
    /// <summary>Bytes of a base page.</summary>
    public ulong PageSize => Size >> Order;

    /// <summary>Struct pages of one huge page: one for each base page.</summary>
    public long StructPages => 1L << Order;

    /// <summary>Bytes of struct pages of one huge page.</summary>
    /// <param name="structPageSize">sizeof(struct page) in bytes.</param>
    public long StructPageBytes(int structPageSize) => StructPages * structPageSize;

    /// <summary>Vmemmap pages of one huge page; a fraction where its struct pages are less than a page.</summary>
    /// <param name="structPageSize">sizeof(struct page) in bytes.</param>
    public double VmemmapPages(int structPageSize) => (double)StructPageBytes(structPageSize) / PageSize;

    /// <summary>Vmemmap pages that an optimized huge page gives back under a layout.</summary>
    /// <param name="layout">The layout; <see cref="VmemmapLayout.None"/> gives 0.</param>
    /// <param name="structPageSize">sizeof(struct page) in bytes; 0 is given back unless it is a power of two.</param>
    public long FreedPages(VmemmapLayout layout, int structPageSize)
    {
        if (layout == VmemmapLayout.None || structPageSize <= 0 || !BitOperations.IsPow2(structPageSize))
        {
            return 0;
        }

        long total = StructPageBytes(structPageSize) / (long)PageSize;
        return Math.Max(0, total - ReservedPages(layout));
    }

    /// <summary>Index of the first struct page of an optimized huge page that no one may write.</summary>
    /// <param name="layout">The layout.</param>
    /// <param name="structPageSize">sizeof(struct page) in bytes.</param>
    /// <returns>Null if all may be written: <see cref="VmemmapLayout.None"/>, or a size that is never optimized because it gives nothing
    /// back or because struct page is no power of two.</returns>
    public long? FirstReadOnlyIndex(VmemmapLayout layout, int structPageSize)
    {
        if (layout == VmemmapLayout.None)
        {
            return null;
        }

        long index = Vmemmap.FirstReadOnlyIndex.Of((long)PageSize, structPageSize, Order, ReservedPages(layout));
        return index == Vmemmap.FirstReadOnlyIndex.None ? null : index;
    }

    private static int ReservedPages(VmemmapLayout layout) => layout == VmemmapLayout.ReserveTwo ? 2 : 1;
}
