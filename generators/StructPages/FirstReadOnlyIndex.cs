namespace Vmemmap;

/// <summary>Index of the first struct page of an optimized huge page that no one may write: behind it lie aliases.</summary>
/// <remarks>
/// The kernel keeps whole vmemmap pages (v5.14 to v5.17 two, then one) and optimizes a size only if more than these are left and struct
/// page is a power of two (6.12 mm/hugetlb_vmemmap.h). Where the kernel has no read-only mappings the aliases can be written, and must
/// not be, all the same. Plain arithmetic, from any thread; compiled into the library and into what checks code at build time.
/// </remarks>
internal static class FirstReadOnlyIndex
{
    /// <summary>What stands for "every struct page may be written": the size is never optimized.</summary>
    public const long None = -1;

    /// <summary>Works it out.</summary>
    /// <param name="pageSize">Bytes of a base page, a power of two.</param>
    /// <param name="structPageSize">sizeof(struct page) in bytes.</param>
    /// <param name="order">log2 of the base pages of a huge page.</param>
    /// <param name="reservedPages">Vmemmap pages that the layout keeps: 2 or 1.</param>
    /// <returns>The index, or <see cref="None"/>; also for sizes that no kernel has.</returns>
    public static long Of(long pageSize, int structPageSize, int order, int reservedPages)
    {
        int pageShift = Log2(pageSize);
        int structPageShift = Log2(structPageSize);
        if (pageShift < 0 || structPageShift < 0 || structPageShift > pageShift || order < 0 || reservedPages <= 0)
        {
            return None;
        }

        // All three are powers of two, so the vmemmap pages of a huge page are 2^n, or a fraction of one page if n is negative.
        int n = order - (pageShift - structPageShift);
        bool isOptimizable = n >= 31 || (n >= 0 && reservedPages < 1 << n);
        return isOptimizable ? (long)reservedPages << (pageShift - structPageShift) : None;
    }

    /// <summary>log2 of a power of two; -1 of anything else.</summary>
    private static int Log2(long value)
    {
        if (value <= 0 || (value & (value - 1)) != 0)
        {
            return -1;
        }

        int log2 = 0;
        while (value >> log2 != 1)
        {
            log2++;
        }

        return log2;
    }
}
