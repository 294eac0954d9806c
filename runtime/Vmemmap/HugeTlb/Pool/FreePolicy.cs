namespace Vmemmap.HugeTlb;

/// <summary>When an optimized huge page that leaves the pool is restored and freed.</summary>
public enum FreePolicy : byte
{
    /// <summary>At once; if memory is short it stays in the pool (v5.14 on).</summary>
    Synchronous,

    /// <summary>By a worker, from a queue (v7 of the series, 9/15): whoever frees may be where nobody can allocate.</summary>
    Deferred,

    /// <summary>Never: what was condensed stays so, and stays in the pool (proposed in the thread of v5 of the series).</summary>
    Permanent,
}
