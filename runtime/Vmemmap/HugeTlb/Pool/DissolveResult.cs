namespace Vmemmap.HugeTlb;

/// <summary>What became of a huge page that was to be given back to the page allocator.</summary>
public enum DissolveResult : byte
{
    /// <summary>It is given back. Also where there was none (-0).</summary>
    Done,

    /// <summary>Memory to restore its vmemmap, or for another huge page in its place, was short: it is where it was (-ENOMEM).</summary>
    OutOfMemory,

    /// <summary>Somebody uses it, or it is promised to somebody (-EBUSY).</summary>
    InUse,

    /// <summary>It is no huge page of the pool any more.</summary>
    NotAHugePage,

    /// <summary>It is optimized for good: <see cref="FreePolicy.Permanent"/>.</summary>
    Permanent,
}
