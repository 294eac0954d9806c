namespace Vmemmap.HighGranularity;

/// <summary>How the mappings of a huge page are counted in its struct pages.</summary>
public enum MapCountRule : byte
{
    /// <summary>
    /// By huge page (RFC v1, June 2022): one for each position of the huge page's own size that maps it, or leads to a table; pieces count for
    /// nothing. Only the first two struct pages are written, so the vmemmap may be optimized.
    /// </summary>
    HugePage,

    /// <summary>
    /// By base page, as transparent huge pages (v1, January 2023, and v2): a piece counts in the struct page of each of its base pages. These must
    /// be distinct and writable, so pieces of a huge page whose vmemmap is optimized are refused.
    /// </summary>
    SubPage,
}
