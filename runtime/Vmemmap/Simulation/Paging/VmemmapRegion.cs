using System.Numerics;

namespace Vmemmap.Simulation;

/// <summary>
/// Where vmemmap is: page = vmemmap + pfn, in units of struct page (6.12 include/asm-generic/memory_model.h:34-38).
/// </summary>
/// <remarks>
/// Every kernel places it elsewhere, and KASLR moves it. Here it holds a struct page for each page of the kernel's half, which is arm64's
/// size of v5.11 to v6.8, and ends 1 GiB below the top, which is arm64's end since v6.9 (arch/arm64/include/asm/memory.h of 6.1 and 6.12):
/// that fits every architecture. Its start is a multiple of the largest huge page's struct pages, as the masks of v7.1 need it.
/// </remarks>
public sealed class VmemmapRegion
{
    private const ulong TopGap = 1UL << 30;

    private readonly int _pageShift;

    internal VmemmapRegion(int pageShift, int kernelAddressBits, int structPageSize, ulong frames)
    {
        _pageShift = pageShift;
        StructPageSize = structPageSize;
        Start = unchecked(0UL - TopGap - Window(pageShift, kernelAddressBits, structPageSize));
        Pages = (long)(((frames * (ulong)structPageSize) + (1UL << pageShift) - 1) >> pageShift);
    }

    /// <summary>Address of the struct page of frame 0.</summary>
    public ulong Start { get; }

    /// <summary>Bytes of a struct page.</summary>
    public int StructPageSize { get; }

    /// <summary>Pages of vmemmap that the machine's frames need.</summary>
    public long Pages { get; }

    /// <summary>Address of a struct page.</summary>
    /// <param name="pfn">Its frame.</param>
    public ulong AddressOf(ulong pfn) => Start + (pfn * (ulong)StructPageSize);

    /// <summary>Frame whose struct page an address is in.</summary>
    /// <param name="address">An address in vmemmap.</param>
    public ulong PfnOf(ulong address) => (address - Start) / (ulong)StructPageSize;

    /// <summary>Address of a page of vmemmap.</summary>
    /// <param name="page">The page, counted from the start.</param>
    public ulong AddressOfPage(long page) => Start + ((ulong)page << _pageShift);

    /// <summary>Which page of vmemmap an address is in.</summary>
    /// <param name="address">The address.</param>
    /// <param name="page">The page, counted from the start.</param>
    /// <returns>False if it is outside vmemmap.</returns>
    public bool TryPageOf(ulong address, out long page)
    {
        // Below the start it wraps to something large.
        page = (long)((address - Start) >> _pageShift);
        return page < Pages;
    }

    /// <summary>Frames that the window can have struct pages for.</summary>
    internal static ulong FrameLimit(int pageShift, int kernelAddressBits, int structPageSize) =>
        Window(pageShift, kernelAddressBits, structPageSize) / (ulong)structPageSize;

    // STRUCT_PAGE_MAX_SHIFT rounds sizeof(struct page) up to a power of two (6.12 include/linux/mm_types.h:567).
    private static ulong Window(int pageShift, int kernelAddressBits, int structPageSize) =>
        1UL << (kernelAddressBits - pageShift + BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)structPageSize)));
}
