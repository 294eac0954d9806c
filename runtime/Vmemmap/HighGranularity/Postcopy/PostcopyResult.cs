using System.Text.Json.Serialization;

namespace Vmemmap.HighGranularity;

/// <summary>An object of <c>vmemmap simulate --postcopy --json</c>: one run. Times are nanoseconds of simulated time, rounded.</summary>
public sealed record PostcopyResult
{
    /// <summary>Canonical name of the architecture.</summary>
    [JsonPropertyOrder(0)]
    public required string Architecture { get; init; }

    /// <summary>Bytes of the guest.</summary>
    [JsonPropertyOrder(1)]
    public required long Memory { get; init; }

    /// <summary>Bytes of a huge page.</summary>
    [JsonPropertyOrder(2)]
    public required long HugePageSize { get; init; }

    /// <summary>vCPUs.</summary>
    [JsonPropertyOrder(3)]
    public required int Vcpus { get; init; }

    /// <summary>The layout that the destination's vmemmap was to be optimized in.</summary>
    [JsonPropertyOrder(4)]
    public required string Layout { get; init; }

    /// <summary>"uniform", "hot" or "sequential".</summary>
    [JsonPropertyOrder(5)]
    public required string AccessPattern { get; init; }

    /// <summary>From the end of a vCPU's access to its next one.</summary>
    [JsonPropertyOrder(6)]
    public required double AccessIntervalNanoseconds { get; init; }

    /// <summary>Which accesses were made.</summary>
    [JsonPropertyOrder(7)]
    public required ulong Seed { get; init; }

    /// <summary>Bits that the link carries in a second.</summary>
    [JsonPropertyOrder(8)]
    public required long LinkBitsPerSecond { get; init; }

    /// <summary>From one end of the link to the other.</summary>
    [JsonPropertyOrder(9)]
    public required double LatencyNanoseconds { get; init; }

    /// <summary>Bytes that are fetched and mapped at once.</summary>
    [JsonPropertyOrder(10)]
    public required long FetchSize { get; init; }

    /// <summary>"end", "automatic" or "none".</summary>
    [JsonPropertyOrder(11)]
    public required string Collapse { get; init; }

    /// <summary>Whether what nobody asked for was sent, too.</summary>
    [JsonPropertyOrder(12)]
    public required bool Push { get; init; }

    /// <summary>How long the vCPUs ran where nothing was pushed; null where it was.</summary>
    [JsonPropertyOrder(13)]
    public required double? DurationNanoseconds { get; init; }

    /// <summary>When the first access was done.</summary>
    [JsonPropertyOrder(14)]
    public required long FirstAccessNanoseconds { get; init; }

    /// <summary>Accesses that were done.</summary>
    [JsonPropertyOrder(15)]
    public required long Accesses { get; init; }

    /// <summary>Those that waited.</summary>
    [JsonPropertyOrder(16)]
    public required long Stalls { get; init; }

    /// <summary>Half of them waited no longer.</summary>
    [JsonPropertyOrder(17)]
    public required long StallP50Nanoseconds { get; init; }

    /// <summary>Nine of ten waited no longer.</summary>
    [JsonPropertyOrder(18)]
    public required long StallP90Nanoseconds { get; init; }

    /// <summary>99 of 100 waited no longer.</summary>
    [JsonPropertyOrder(19)]
    public required long StallP99Nanoseconds { get; init; }

    /// <summary>None waited longer.</summary>
    [JsonPropertyOrder(20)]
    public required long StallMaxNanoseconds { get; init; }

    /// <summary>All of them together, over all vCPUs.</summary>
    [JsonPropertyOrder(21)]
    public required long StallTotalNanoseconds { get; init; }

    /// <summary>The share of the vCPUs' time, 0 to 1.</summary>
    [JsonPropertyOrder(22)]
    public required double TimeLost { get; init; }

    /// <summary>When all memory was there and mapped; null if some never was.</summary>
    [JsonPropertyOrder(23)]
    public required long? AllMemoryNanoseconds { get; init; }

    /// <summary>Requests that went to the source.</summary>
    [JsonPropertyOrder(24)]
    public required long Requests { get; init; }

    /// <summary>Pieces that were asked for before the source had sent them.</summary>
    [JsonPropertyOrder(25)]
    public required long DemandedPieces { get; init; }

    /// <summary>Pieces that came without.</summary>
    [JsonPropertyOrder(26)]
    public required long PushedPieces { get; init; }

    /// <summary>Bytes of guest memory that went over the link.</summary>
    [JsonPropertyOrder(27)]
    public required long SentBytes { get; init; }

    /// <summary>Calls of UFFDIO_CONTINUE.</summary>
    [JsonPropertyOrder(28)]
    public required long Continues { get; init; }

    /// <summary>What they took.</summary>
    [JsonPropertyOrder(29)]
    public required PostcopyWork Continuing { get; init; }

    /// <summary>What collapsing at the end took; null where it was not done.</summary>
    [JsonPropertyOrder(30)]
    public required PostcopyWork? Collapsing { get; init; }

    /// <summary>Bytes of the most page tables that the process had, between two calls.</summary>
    [JsonPropertyOrder(31)]
    public required long PeakPageTableBytes { get; init; }

    /// <summary>Bytes of page tables at the end.</summary>
    [JsonPropertyOrder(32)]
    public required long PageTableBytes { get; init; }

    /// <summary>Leaves before collapsing at the end.</summary>
    [JsonPropertyOrder(33)]
    public required IReadOnlyList<LeafCount> LeavesBefore { get; init; }

    /// <summary>Leaves at the end.</summary>
    [JsonPropertyOrder(34)]
    public required IReadOnlyList<LeafCount> Leaves { get; init; }

    /// <summary>The results of a migration, one for each run.</summary>
    /// <param name="run">The migration.</param>
    public static IEnumerable<PostcopyResult> Of(PostcopyRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Figures.Select(figures => new PostcopyResult
        {
            Architecture = run.Architecture,
            Memory = (long)run.Request.MemoryBytes,
            HugePageSize = (long)run.Request.HugePageBytes,
            Vcpus = run.Request.VirtualCpus,
            Layout = run.Request.Layout,
            AccessPattern = NameOf(run.Request.Accesses),
            AccessIntervalNanoseconds = run.Request.AccessInterval,
            Seed = run.Request.Seed,
            LinkBitsPerSecond = run.Request.BitsPerSecond,
            LatencyNanoseconds = run.Request.Latency,
            FetchSize = figures.FetchBytes,
            Collapse = figures.CollapsesAutomatically ? "automatic" : figures.Collapsing is null ? "none" : "end",
            Push = run.Request.Push,
            DurationNanoseconds = run.Request.Push ? null : run.Request.Duration,
            FirstAccessNanoseconds = Rounded(figures.FirstAccess),
            Accesses = figures.Accesses,
            Stalls = figures.Stalls.Count,
            StallP50Nanoseconds = Rounded(figures.Stalls.Median),
            StallP90Nanoseconds = Rounded(figures.Stalls.Percentile90),
            StallP99Nanoseconds = Rounded(figures.Stalls.Percentile99),
            StallMaxNanoseconds = Rounded(figures.Stalls.Longest),
            StallTotalNanoseconds = Rounded(figures.Stalls.Total),
            TimeLost = Math.Round(figures.TimeLost, 6),
            AllMemoryNanoseconds = figures.AllThere is { } all ? Rounded(all) : null,
            Requests = figures.Requests,
            DemandedPieces = figures.DemandedPieces,
            PushedPieces = figures.PushedPieces,
            SentBytes = figures.SentBytes,
            Continues = figures.Continues,
            Continuing = PostcopyWork.Of(figures.Continuing, figures.ContinuingNanoseconds),
            Collapsing = figures.Collapsing is { } collapsing ? PostcopyWork.Of(collapsing, figures.CollapsingNanoseconds) : null,
            PeakPageTableBytes = figures.PeakPageTables * run.PageSize,
            PageTableBytes = figures.PageTables * run.PageSize,
            LeavesBefore = figures.LeavesBefore,
            Leaves = figures.Leaves,
        });
    }

    private static string NameOf(AccessPattern pattern) => pattern switch
    {
        HighGranularity.AccessPattern.Hot => "hot",
        HighGranularity.AccessPattern.Sequential => "sequential",
        _ => "uniform",
    };

    private static long Rounded(double nanoseconds) => (long)Math.Round(nanoseconds);
}

/// <summary>How the results are written: camelCase, two spaces, "\n".</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(IReadOnlyList<PostcopyResult>))]
public sealed partial class PostcopyResultJson : JsonSerializerContext;
