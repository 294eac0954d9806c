namespace Vmemmap.Dumps;

/// <summary>Consecutive vmemmap pages of a huge page that map one frame, or each a frame of its own.</summary>
/// <param name="FirstPage">Index of the first vmemmap page, 0 = the head's.</param>
/// <param name="Count">Vmemmap pages.</param>
/// <param name="Address">Virtual address of the first.</param>
/// <param name="Frame">Physical address of the first one's frame; null if it is unknown or not mapped.</param>
/// <param name="IsAlias">Whether all map the same frame as an earlier vmemmap page of this huge page or, if several, as each other.</param>
/// <param name="Writable">Whether they are writable.</param>
public sealed record PictureRow(int FirstPage, int Count, ulong Address, ulong? Frame, bool IsAlias, bool Writable);

/// <summary>A huge page's struct pages and the page frames behind them.</summary>
/// <param name="HugePage">The huge page.</param>
/// <param name="Rows">Its vmemmap pages, equal neighbours as one row.</param>
/// <param name="Steps">The raw entries on the way to its head struct page.</param>
public sealed record HugePagePicture(HugePageRecord HugePage, IReadOnlyList<PictureRow> Rows, IReadOnlyList<TraceStep> Steps)
{
    /// <summary>Draws the huge page that holds a PFN.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="census">Its census.</param>
    /// <param name="pfn">Any PFN of the huge page.</param>
    /// <returns>Null if the PFN is in no HugeTLB page.</returns>
    public static HugePagePicture? Of(KernelImage kernel, CensusResult census, ulong pfn)
    {
        if (census.FindHugePage(pfn) is not { } page)
        {
            return null;
        }

        ulong mask = (ulong)kernel.Architecture.PageSize - 1;
        ulong first = page.VmemmapAddress & ~mask;
        ulong end = page.VmemmapAddress + (ulong)page.Hstate.StructPageBytes(kernel.StructPageSize);
        Slot[] slots = kernel.Space.ReadSlots(kernel, first, (int)((end - first + mask) >> kernel.Architecture.PageShift));
        return new HugePagePicture(page, RowsOf(page, slots, first, kernel.Architecture.PageShift), kernel.Space.Trace(page.VmemmapAddress));
    }

    private static List<PictureRow> RowsOf(HugePageRecord page, Slot[] slots, ulong first, int pageShift)
    {
        // The pages that the layout keeps stand alone: where aliases are writable they look like them.
        int kept = page.Layout == VmemmapLayout.ReserveTwo ? 2 : 1;
        var rows = new List<PictureRow>();
        var seen = new HashSet<ulong>();
        for (int i = 0; i < slots.Length;)
        {
            int end = i + 1;
            while (i >= kept && end < slots.Length && slots[end] == slots[i])
            {
                end++;
            }

            bool isRepeated = slots[i].IsMapped && (!seen.Add(slots[i].Frame) || end - i > 1);
            bool isAlias = i >= kept && (isRepeated || (slots[i].IsMapped && !slots[i].Writable));
            rows.Add(new PictureRow(
                i, end - i, first + ((ulong)i << pageShift), slots[i].IsMapped ? slots[i].Frame : null, isAlias, slots[i].Writable));
            i = end;
        }

        return rows;
    }
}
