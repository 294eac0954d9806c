namespace Vmemmap.Dumps;

/// <summary>What a walk over the whole vmemmap of a kernel found.</summary>
public sealed record CensusResult
{
    /// <summary>HugeTLB pages, by PFN.</summary>
    public required IReadOnlyList<HugePageRecord> HugePages { get; init; }

    /// <summary>Device DAX, by alignment.</summary>
    public required IReadOnlyList<DevdaxGroup> Devdax { get; init; }

    /// <summary>The layout that optimized pages have; None if no page is optimized.</summary>
    public required VmemmapLayout Layout { get; init; }

    /// <summary>
    /// Struct pages at the start of an unaliased vmemmap page over RAM that look like HugeTLB heads and are none; null if a
    /// vmemmap frame over RAM is absent, because then it cannot be told.
    /// </summary>
    public required long? StaleHeads { get; init; }

    /// <summary>Frames that serve as shared tail pages (v7.1 on).</summary>
    public required int SharedTailPages { get; init; }

    /// <summary>Whether any HVO alias is writable.</summary>
    public required bool AliasesWritable { get; init; }

    /// <summary>Last-level tables under vmemmap over RAM, where the kernel maps vmemmap by blocks.</summary>
    public required long SplitPageTables { get; init; }

    /// <summary>Vmemmap pages that are mapped over RAM.</summary>
    public required long MappedPages { get; init; }

    /// <summary>Those of <see cref="MappedPages"/> whose frame is not in the image.</summary>
    public required long AbsentPages { get; init; }

    /// <summary>What the reader must know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The HugeTLB page that holds a PFN; null if none does.</summary>
    /// <param name="pfn">Any PFN.</param>
    public HugePageRecord? FindHugePage(ulong pfn) => Find(HugePages, pfn);

    internal static HugePageRecord? Find(IReadOnlyList<HugePageRecord> pages, ulong pfn)
    {
        int low = 0;
        int high = pages.Count - 1;
        while (low <= high)
        {
            int middle = (int)(((uint)low + (uint)high) >> 1);
            HugePageRecord page = pages[middle];
            if (pfn < page.HeadPfn)
            {
                high = middle - 1;
            }
            else if (pfn - page.HeadPfn >= 1UL << page.Hstate.Order)
            {
                low = middle + 1;
            }
            else
            {
                return page;
            }
        }

        return null;
    }
}
