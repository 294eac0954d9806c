using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>What a run measured of one huge page size: the pool filled, and the pool emptied.</summary>
public sealed record SizeFigures
{
    /// <summary>The size.</summary>
    public required Hstate Hstate { get; init; }

    /// <summary>Huge pages of the filled pool.</summary>
    public required long HugePages { get; init; }

    /// <summary>Of these, those whose vmemmap is optimized.</summary>
    public required long Optimized { get; init; }

    /// <summary>Why not all are optimized; null if they are.</summary>
    public required string? Reason { get; init; }

    /// <summary>Frames of vmemmap that were given back.</summary>
    public required long FreedPages { get; init; }

    /// <summary>Page tables that splitting the blocks of vmemmap took.</summary>
    public required long SplitPageTables { get; init; }

    /// <summary>Tail pages that were made to be shared.</summary>
    public required long SharedTailPages { get; init; }

    /// <summary>Free blocks by order of the whole machine before the pool of this size was filled.</summary>
    public required IReadOnlyList<long> FreeByOrderBefore { get; init; }

    /// <summary>Free blocks by order of the whole machine when it was.</summary>
    public required IReadOnlyList<long> FreeByOrder { get; init; }

    /// <summary>What filling it took.</summary>
    public required OperationCounters Filling { get; init; }

    /// <summary>Simulated nanoseconds of filling it.</summary>
    public required double FillingNanoseconds { get; init; }

    /// <summary>What emptying it took.</summary>
    public OperationCounters Emptying { get; init; }

    /// <summary>Simulated nanoseconds of emptying it.</summary>
    public double EmptyingNanoseconds { get; init; }

    /// <summary>The most frames that emptying it took, at any moment, over those it had given back by then; not negative.</summary>
    public long PeakExtraFrames { get; init; }

    /// <summary>Restores that failed while it was emptied. A batch that stopped counts once.</summary>
    public long RestoreFailures { get; init; }

    /// <summary>Huge pages that could not be given back, because their vmemmap could not be restored.</summary>
    public long HugePagesLeft { get; init; }
}

/// <summary>What a run measured.</summary>
/// <param name="Architecture">Canonical name.</param>
/// <param name="PageSize">Bytes of a base page.</param>
/// <param name="Layout">How vmemmap was optimized.</param>
/// <param name="MemoryBytes">Memory of the machine; more than was asked for if the huge pages left nothing for the kernel itself.</param>
/// <param name="VmemmapPages">Frames of struct pages, and pages of vmemmap, when the machine had booted.</param>
/// <param name="MappedByBlocks">Whether vmemmap was mapped by blocks when the machine had booted.</param>
/// <param name="BlockBytes">Bytes of such a block.</param>
/// <param name="Batched">Whether huge pages were optimized and restored together.</param>
/// <param name="Sizes">The sizes, as they were asked for.</param>
/// <param name="Violations">What no correct kernel does: how many, by kind; kinds without any are left out.</param>
/// <param name="FirstViolation">The first of them in words; null if there is none.</param>
public sealed record AllocateThenFreeRun(
    string Architecture,
    long PageSize,
    BuiltInLayout Layout,
    ulong MemoryBytes,
    long VmemmapPages,
    bool MappedByBlocks,
    long BlockBytes,
    bool Batched,
    IReadOnlyList<SizeFigures> Sizes,
    IReadOnlyDictionary<ViolationKind, long> Violations,
    string? FirstViolation)
{
    /// <summary>All violations.</summary>
    public long ViolationCount => Violations.Values.Sum();
}
