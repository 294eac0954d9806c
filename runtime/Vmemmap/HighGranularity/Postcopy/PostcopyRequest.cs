using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <summary>A post-copy migration to replay: a guest on huge pages, the link it comes over, and the sizes in which its memory is
/// fetched.</summary>
/// <remarks>Times are nanoseconds of simulated time.</remarks>
public sealed record PostcopyRequest
{
    /// <summary>Canonical name or alias of a built-in architecture.</summary>
    public required string Architecture { get; init; }

    /// <summary>Bytes of the guest: whole huge pages. 0: 2G, or one huge page where that is more.</summary>
    public ulong MemoryBytes { get; init; }

    /// <summary>Bytes of a huge page. 0: the architecture's largest.</summary>
    public ulong HugePageBytes { get; init; }

    /// <summary>
    /// Sizes in which memory is fetched and mapped, a run for each: the base page, huge page sizes, the huge page itself. Empty: the base
    /// page, what one
    /// entry of the last level but one maps, and the huge page.
    /// </summary>
    public IReadOnlyList<ulong> FetchBytes { get; init; } = [];

    /// <summary>vCPUs, each on a CPU of its own.</summary>
    public int VirtualCpus { get; init; } = 8;

    /// <summary>Where accesses go.</summary>
    public AccessPattern Accesses { get; init; }

    /// <summary>From the end of a vCPU's access to its next one.</summary>
    public double AccessInterval { get; init; } = 10_000;

    /// <summary>Bits that the link carries in a second.</summary>
    public long BitsPerSecond { get; init; } = 100_000_000_000;

    /// <summary>From one end of the link to the other.</summary>
    public double Latency { get; init; } = 25_000;

    /// <summary>Whether the source sends what nobody has asked for, when the link has nothing else to do.</summary>
    public bool Push { get; init; } = true;

    /// <summary>
    /// How long vCPUs make accesses where nothing is pushed; 0: as long as the link takes for all of the guest. Where it is pushed, they
    /// do until all is there.
    /// </summary>
    public double Duration { get; init; }

    /// <summary>Whether sizes below the huge page are run a second time, collapsing as soon as something is complete.</summary>
    public bool WithAutomaticCollapse { get; init; } = true;

    /// <summary>Which accesses are made: the same seed, the same ones.</summary>
    public ulong Seed { get; init; }

    /// <summary>Name of the layout in which the destination's vmemmap is optimized.</summary>
    public string Layout { get; init; } = ReserveOne.Name;

    /// <summary>What the destination does where live entries of vmemmap must be broken before they are made again.</summary>
    public BreakBeforeMakePolicy BreakBeforeMake { get; init; }

    /// <summary>What counted events cost.</summary>
    public CostModel Costs { get; init; } = new();
}
