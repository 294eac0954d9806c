using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <summary>A migration whose memory was fetched and mapped in one size. Times are nanoseconds of simulated time from the moment the guest
/// runs again.</summary>
public sealed record PostcopyFigures
{
    /// <summary>Bytes of a piece.</summary>
    public required long FetchBytes { get; init; }

    /// <summary>Whether what became complete was collapsed at once.</summary>
    public required bool CollapsesAutomatically { get; init; }

    /// <summary>When the first access of the guest was done.</summary>
    public required double FirstAccess { get; init; }

    /// <summary>Accesses that were done.</summary>
    public required long Accesses { get; init; }

    /// <summary>Those that waited.</summary>
    public required StallFigures Stalls { get; init; }

    /// <summary>How long each of them waited, the shortest first.</summary>
    public required IReadOnlyList<double> StallNanoseconds { get; init; }

    /// <summary>Up to when vCPUs made accesses: until all memory was there, or for the time that was asked for.</summary>
    public required double End { get; init; }

    /// <summary>The share of the vCPUs' time up to <see cref="End"/> that they waited, 0 to 1.</summary>
    public required double TimeLost { get; init; }

    /// <summary>The share of the vCPUs that did not wait, 0 to 1, in each of equal parts of the time up to <see cref="End"/>.</summary>
    public required IReadOnlyList<double> Running { get; init; }

    /// <summary>When all memory was there and mapped; null if some never was.</summary>
    public required double? AllThere { get; init; }

    /// <summary>Requests that went to the source.</summary>
    public required long Requests { get; init; }

    /// <summary>Pieces that were asked for before the source had sent them.</summary>
    public required long DemandedPieces { get; init; }

    /// <summary>Pieces that came without.</summary>
    public required long PushedPieces { get; init; }

    /// <summary>Bytes that went over the link.</summary>
    public required long SentBytes { get; init; }

    /// <summary>Calls of UFFDIO_CONTINUE: one for each piece.</summary>
    public required long Continues { get; init; }

    /// <summary>What they took, waking vCPUs with it.</summary>
    public required OperationCounters Continuing { get; init; }

    /// <summary>Simulated time of <see cref="Continuing"/>.</summary>
    public required double ContinuingNanoseconds { get; init; }

    /// <summary>The same without waking vCPUs: what mapping took.</summary>
    public required double MappingNanoseconds { get; init; }

    /// <summary>What collapsing all of it took at the end; null where there was nothing to collapse, or memory was missing.</summary>
    public required OperationCounters? Collapsing { get; init; }

    /// <summary>Simulated time of <see cref="Collapsing"/>; 0 without.</summary>
    public required double CollapsingNanoseconds { get; init; }

    /// <summary>The most page tables that the process had between two calls, the root included.</summary>
    public required long PeakPageTables { get; init; }

    /// <summary>Page tables that it has at the end.</summary>
    public required long PageTables { get; init; }

    /// <summary>Leaves that map the guest before it is collapsed, the smallest first.</summary>
    public required IReadOnlyList<LeafCount> LeavesBefore { get; init; }

    /// <summary>Leaves that map it at the end.</summary>
    public required IReadOnlyList<LeafCount> Leaves { get; init; }
}
