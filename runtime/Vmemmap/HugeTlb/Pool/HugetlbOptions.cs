namespace Vmemmap.HugeTlb;

/// <summary>What a kernel's command line says of its huge pages, and how its pool works.</summary>
public sealed record HugetlbOptions
{
    /// <summary>hugetlb_free_vmemmap: whether huge pages are optimized from boot on. To be asked for, as in the kernel by default.</summary>
    public bool OptimizeVmemmap { get; init; }

    /// <summary>Whether several huge pages are optimized, restored and added together (v6.7); null: where the layout has batches.</summary>
    public bool? Batched { get; init; }

    /// <summary>When an optimized huge page that leaves the pool is restored and freed.</summary>
    public FreePolicy FreePolicy { get; init; }
}
