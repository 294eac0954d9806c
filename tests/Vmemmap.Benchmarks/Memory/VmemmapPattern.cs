namespace Vmemmap.Benchmarks.Memory;

/// <summary>What the vmemmap of a large machine maps, page by page.</summary>
internal static class VmemmapPattern
{
    /// <summary>Vmemmap pages of a 2M page: 8 of 4 KiB.</summary>
    private const long PagesEach = 8;

    /// <summary>Every page a frame of its own: no huge page is optimized.</summary>
    public static (ulong Frame, bool Writable) Plain(long page) => (Frame(page), true);

    /// <summary>
    /// Seven of eight huge pages of 2M are optimized the way of v5.18 on (page 0 kept and writable, 1 to 7 map its frame read-only),
    /// in stretches as a pool that was filled at boot has them; the memory between is not huge pages.
    /// </summary>
    public static (ulong Frame, bool Writable) MostlyOptimized(long page)
    {
        long huge = page / PagesEach;
        // 64 huge pages a table; blocks of eight so that both kinds meet in most tables.
        bool optimized = huge / 8 % 8 != 3;
        return optimized ? (Frame(huge * PagesEach), page % PagesEach == 0) : (Frame(page), true);
    }

    /// <summary>Frames in an order that no prefetcher can take for the pages'.</summary>
    private static ulong Frame(long page) => (((ulong)page * 0x9E3779B1UL) & 0xfffffff) << 16;
}
