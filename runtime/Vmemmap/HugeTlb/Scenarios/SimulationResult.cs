using System.Text.Json.Serialization;

namespace Vmemmap.HugeTlb;

/// <summary>
/// An object of <c>vmemmap simulate --json</c>: one layout and one huge page size. Counts are those of filling the pool, before it is emptied again, but for
/// the three that say otherwise.
/// </summary>
public sealed record SimulationResult
{
    /// <summary>Canonical name of the architecture.</summary>
    [JsonPropertyOrder(0)]
    public required string Architecture { get; init; }

    /// <summary>Name of the layout.</summary>
    [JsonPropertyOrder(1)]
    public required string Layout { get; init; }

    /// <summary>Bytes of a huge page.</summary>
    [JsonPropertyOrder(2)]
    public required long HugePageSize { get; init; }

    /// <summary>Huge pages in the pool.</summary>
    [JsonPropertyOrder(3)]
    public required long HugePages { get; init; }

    /// <summary>Of these, optimized ones.</summary>
    [JsonPropertyOrder(4)]
    public required long Optimized { get; init; }

    /// <summary>Frames of vmemmap given back.</summary>
    [JsonPropertyOrder(5)]
    public required long FreedPages { get; init; }

    /// <summary>The same in bytes.</summary>
    [JsonPropertyOrder(6)]
    public required long FreedBytes { get; init; }

    /// <summary>Page tables that splitting blocks took.</summary>
    [JsonPropertyOrder(7)]
    public required long SplitPageTables { get; init; }

    /// <summary>Tail pages that were made to be shared.</summary>
    [JsonPropertyOrder(8)]
    public required long SharedTailPages { get; init; }

    /// <summary>Freed bytes less those of the tables and the shared tail pages.</summary>
    [JsonPropertyOrder(9)]
    public required long NetBytes { get; init; }

    /// <summary>Entries written to page tables.</summary>
    [JsonPropertyOrder(10)]
    public required long PteWrites { get; init; }

    /// <summary>Blocks of vmemmap split.</summary>
    [JsonPropertyOrder(11)]
    public required long BlockSplits { get; init; }

    /// <summary>TLB flushes asked for.</summary>
    [JsonPropertyOrder(12)]
    public required long TlbFlushes { get; init; }

    /// <summary>Interrupts to other CPUs to have them flush.</summary>
    [JsonPropertyOrder(13)]
    public required long Ipis { get; init; }

    /// <summary>Grace periods waited for.</summary>
    [JsonPropertyOrder(14)]
    public required long RcuSynchronizations { get; init; }

    /// <summary>Bytes of struct pages copied.</summary>
    [JsonPropertyOrder(15)]
    public required long BytesCopied { get; init; }

    /// <summary>Emptying the pool: the most frames it took over what it had given back.</summary>
    [JsonPropertyOrder(16)]
    public required long PeakExtraFrames { get; init; }

    /// <summary>Free blocks of the machine by order.</summary>
    [JsonPropertyOrder(17)]
    public required IReadOnlyList<long> FreeByOrder { get; init; }

    /// <summary>Emptying the pool: restores that failed.</summary>
    [JsonPropertyOrder(18)]
    public required long RestoreFailures { get; init; }

    /// <summary>Simulated time of filling the pool.</summary>
    [JsonPropertyOrder(19)]
    public required long SimulatedAllocateNanoseconds { get; init; }

    /// <summary>Simulated time of emptying the pool.</summary>
    [JsonPropertyOrder(20)]
    public required long SimulatedFreeNanoseconds { get; init; }

    /// <summary>Why not all huge pages are optimized; null if they are.</summary>
    [JsonPropertyOrder(21)]
    public required string? Reason { get; init; }

    /// <summary>The results of a run, one for each size.</summary>
    /// <param name="run">The run.</param>
    public static IEnumerable<SimulationResult> Of(AllocateThenFreeRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Sizes.Select(size => new SimulationResult
        {
            Architecture = run.Architecture,
            Layout = run.Layout.Name,
            HugePageSize = (long)size.Hstate.Size,
            HugePages = size.HugePages,
            Optimized = size.Optimized,
            FreedPages = size.FreedPages,
            FreedBytes = size.FreedPages * run.PageSize,
            SplitPageTables = size.SplitPageTables,
            SharedTailPages = size.SharedTailPages,
            NetBytes = (size.FreedPages - size.SplitPageTables - size.SharedTailPages) * run.PageSize,
            PteWrites = size.Filling.PteWrites,
            BlockSplits = size.Filling.BlockSplits,
            TlbFlushes = size.Filling.TlbFlushes,
            Ipis = size.Filling.Ipis,
            RcuSynchronizations = size.Filling.RcuSynchronizations,
            BytesCopied = size.Filling.BytesCopied,
            PeakExtraFrames = size.PeakExtraFrames,
            FreeByOrder = size.FreeByOrder,
            RestoreFailures = size.RestoreFailures,
            SimulatedAllocateNanoseconds = (long)Math.Round(size.FillingNanoseconds),
            SimulatedFreeNanoseconds = (long)Math.Round(size.EmptyingNanoseconds),
            Reason = size.Reason,
        });
    }
}

/// <summary>How the results are written: camelCase, two spaces, "\n".</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(IReadOnlyList<SimulationResult>))]
public sealed partial class SimulationResultJson : JsonSerializerContext;
