namespace Vmemmap.HugeTlb;

/// <summary>Where a huge page is in its life in a pool.</summary>
public enum HugePagePlace : byte
{
    /// <summary>It was taken from the page allocator and is not counted yet.</summary>
    New,

    /// <summary>On a free list.</summary>
    Free,

    /// <summary>Somebody uses it.</summary>
    InUse,

    /// <summary>Not counted any more, and not yet given back to the page allocator.</summary>
    Leaving,

    /// <summary>Given back, or made into smaller ones: the handle leads nowhere.</summary>
    Gone,
}
