using Vmemmap.Simulation;

namespace Vmemmap.Devmap;

/// <summary>What one geometry of a device takes.</summary>
public sealed record DaxFigures
{
    /// <summary>The geometry.</summary>
    public required DevmapGeometry Geometry { get; init; }

    /// <summary>Whether struct pages live on the device itself.</summary>
    public required bool StructPagesOnDevice { get; init; }

    /// <summary>Why struct pages are not deduplicated, if they are not.</summary>
    public required NotDeduplicated NotDeduplicated { get; init; }

    /// <summary>Frames that hold its struct pages, of RAM or of the device.</summary>
    public required long StructPageFrames { get; init; }

    /// <summary>Last-level tables that were made for them, each once: from a walk.</summary>
    public required long PageTablePages { get; init; }

    /// <summary>Tables above the last level that were made for the device.</summary>
    public required long UpperTablePages { get; init; }

    /// <summary>Struct pages that were initialised.</summary>
    public required long StructPagesInitialized { get; init; }

    /// <summary>Base pages of data, which are what is pinned.</summary>
    public required long PinnedPages { get; init; }

    /// <summary>Counts of pinning all of its data once.</summary>
    public required OperationCounters Pinning { get; init; }

    /// <summary>Counts of giving that back.</summary>
    public required OperationCounters Unpinning { get; init; }

    /// <summary>Simulated time of <see cref="Pinning"/>.</summary>
    public required double PinningNanoseconds { get; init; }

    /// <summary>Simulated time of <see cref="Unpinning"/>.</summary>
    public required double UnpinningNanoseconds { get; init; }
}
