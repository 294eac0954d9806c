using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>What to simulate: a machine, the huge pages of its pool, and the layouts in which their vmemmap is optimized.</summary>
public sealed record SimulationRequest
{
    /// <summary>Canonical name or alias of a built-in architecture.</summary>
    public required string Architecture { get; init; }

    /// <summary>Bytes of memory: whole sections (128M; 512M with 64K pages).</summary>
    public required ulong MemoryBytes { get; init; }

    /// <summary>Huge pages by size; each size once.</summary>
    public required IReadOnlyList<HugePageRequest> HugePages { get; init; }

    /// <summary>NUMA nodes, of equal memory up to a section.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>CPUs. The first one works, the others are those that must be flushed, stopped or waited for.</summary>
    public int Cpus { get; init; } = 4;

    /// <summary>Whether vmemmap is optimized; false for the run that others are compared with.</summary>
    public bool OptimizeVmemmap { get; init; } = true;

    /// <summary>Whether several huge pages are done together; null: where the layout has batches.</summary>
    public bool? Batched { get; init; }

    /// <summary>sizeof(struct page) in bytes.</summary>
    public int StructPageSize { get; init; } = StructPage.Size;

    /// <summary>How vmemmap is mapped at boot. By default as the architecture's kernel does, or by base pages for a layout that needs these.</summary>
    public VmemmapMapping VmemmapMapping { get; init; }

    /// <summary>What is done where live entries must be broken before they are made again.</summary>
    public BreakBeforeMakePolicy BreakBeforeMake { get; init; }

    /// <summary>The probability, 0 to 1, with which an allocation for vmemmap or its tables fails though there is memory.</summary>
    public double FailureProbability { get; init; }

    /// <summary>Which allocations these are: the same seed, the same failures.</summary>
    public ulong Seed { get; init; }
}

/// <summary>Huge pages of a size.</summary>
/// <param name="Bytes">The size in bytes.</param>
/// <param name="Count">How many.</param>
public readonly record struct HugePageRequest(ulong Bytes, long Count);
