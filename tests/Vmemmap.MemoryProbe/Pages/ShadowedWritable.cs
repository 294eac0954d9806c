using Vmemmap.HugeTlb;

namespace Vmemmap.MemoryProbe;

/// <summary>The <see cref="WritableStructPages{TArch,TLayout}"/> of a <see cref="ShadowedPage{TArch,TLayout}"/>.</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How its vmemmap is optimized.</typeparam>
public readonly ref struct ShadowedWritable<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private readonly ShadowedPage<TArch, TLayout> _page;

    internal ShadowedWritable(ShadowedPage<TArch, TLayout> page, long count)
    {
        _page = page;
        Count = count;
    }

    /// <summary>How many.</summary>
    [WritableCount]
    public long Count { get; }

    /// <summary>Pages of vmemmap that hold them.</summary>
    public long PageCount => (Count + StructPagesOfAPage - 1) / StructPagesOfAPage;

    private static long StructPagesOfAPage => (1L << TArch.PageShift) / StructPage.Size;

    /// <summary>A struct page.</summary>
    /// <param name="index">Which base page, below <see cref="Count"/>.</param>
    public ref StructPage this[long index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, (ulong)Count, nameof(index));
            return ref _page.At(index);
        }
    }

    /// <summary>The struct pages of one page of vmemmap.</summary>
    /// <param name="page">Which page, below <see cref="PageCount"/>.</param>
    public Span<StructPage> Page(long page)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)page, (ulong)PageCount, nameof(page));
        long first = page * StructPagesOfAPage;
        return _page.SpanOf(first, Math.Min(StructPagesOfAPage, Count - first));
    }
}
