using System.Runtime.InteropServices;
using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>The struct pages of a huge page that may be written: exactly those with a frame of their own.</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How its vmemmap is optimized.</typeparam>
public readonly ref struct WritableStructPages<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private readonly HugePage<TArch, TLayout> _page;

    internal WritableStructPages(HugePage<TArch, TLayout> page)
    {
        _page = page;
        Count = page.FirstReadOnlyIndex;
    }

    /// <summary>How many: 64 of 4K pages when optimized, 128 for ReserveTwo, all when not.</summary>
    [WritableCount]
    public long Count { get; }

    /// <summary>Pages of vmemmap that hold them; 1 for a size whose struct pages are less than a page.</summary>
    public long PageCount => (Count + StructPagesOfAPage - 1) / StructPagesOfAPage;

    private static long StructPagesOfAPage => (1L << TArch.PageShift) / StructPage.Size;

    /// <summary>A struct page.</summary>
    /// <param name="index">Which base page, below <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">It has none, or its struct page is an alias.</exception>
    public ref StructPage this[long index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, (ulong)Count, nameof(index));
            return ref _page.At(index);
        }
    }

    /// <summary>The struct pages of one page of vmemmap: a span never reaches further, because the next page is in another frame.</summary>
    /// <param name="page">Which page, below <see cref="PageCount"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">It has none, or that page is an alias.</exception>
    /// <exception cref="NotSupportedException">Struct pages of this size do not lie next to each other in 64 bytes each.</exception>
    public Span<StructPage> Page(long page)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)page, (ulong)PageCount, nameof(page));
        if (_page.Vmemmap.Machine.Vmemmap.StructPageSize != StructPage.Size)
        {
            throw new NotSupportedException($"Struct pages of {_page.Vmemmap.Machine.Vmemmap.StructPageSize} bytes are no span of {nameof(StructPage)}.");
        }

        long first = page * StructPagesOfAPage;
        return MemoryMarshal.CreateSpan(ref _page.At(first), (int)Math.Min(StructPagesOfAPage, Count - first));
    }
}
