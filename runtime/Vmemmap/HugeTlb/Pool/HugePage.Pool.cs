namespace Vmemmap.HugeTlb;

/// <summary>What a pool keeps of a huge page beside its struct pages.</summary>
public sealed partial class HugePage<TArch, TLayout>
{
    private int _place;

    /// <summary>Where it is in its life. Any thread may ask; it may have changed by the time of the answer.</summary>
    public HugePagePlace Place
    {
        get => (HugePagePlace)Volatile.Read(ref _place);
        internal set => Volatile.Write(ref _place, (int)value);
    }

    /// <summary>Its base pages that have memory errors, as indexes into it; empty if there are none.</summary>
    public IReadOnlyList<long> PoisonedIndexes => RawHwPoison.Snapshot();

    /// <summary>Whether one of its base pages has a memory error.</summary>
    public bool IsPoisoned => RawHwPoison.Any;

    /// <summary>The pool that made it.</summary>
    internal HugetlbPool<TArch, TLayout>? Pool { get; init; }

    /// <summary>folio->lru, on a free list or in the queue of those to be freed.</summary>
    internal HugePage<TArch, TLayout>? Next { get; set; }

    /// <summary>The other direction, on a free list.</summary>
    internal HugePage<TArch, TLayout>? Previous { get; set; }

    /// <summary>The list of its base pages with memory errors (raw_hwp_list).</summary>
    internal RawHwPoisonList RawHwPoison;
}
