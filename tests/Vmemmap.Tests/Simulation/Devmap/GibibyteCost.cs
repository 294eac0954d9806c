using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Devmap;

/// <summary>
/// What a GiB of a device takes to plug in and out on x86-64, by geometry, reckoned by hand: eight sections, each of which has a
/// last-level table of 512 entries, or a block. A linear cost is the same for every GiB, and all that a larger device has beside it is
/// tables above the last level.
/// </summary>
/// <param name="Entries">Entries written to last-level tables, or blocks.</param>
/// <param name="Frames">Frames that hold struct pages.</param>
/// <param name="Tables">Last-level tables.</param>
/// <param name="Links">Entries that lead to those tables.</param>
/// <param name="Initialized">Struct pages initialised.</param>
internal sealed record GibibyteCost(long Entries, long Frames, long Tables, long Links, long Initialized)
{
    private const long Sections = 8;
    private const long OtherCpus = 3;

    // 512 compound pages with a head, a tail and six aliases; one with a head, a tail and 4094 aliases; a shared
    // table has no entries of its own.
    public static GibibyteCost Of(ulong align, bool shares) => (align, shares) switch
    {
        (0, _) => new GibibyteCost(Entries: 8, Frames: 4096, Tables: 0, Links: 0, Initialized: 262144),
        (2UL << 20, _) => new GibibyteCost(Entries: 512 * 8, Frames: 512 * 2, Tables: 8, Links: 8, Initialized: 512 * 128),
        (_, false) => new GibibyteCost(Entries: 4096, Frames: 2, Tables: 8, Links: 8, Initialized: 128),
        _ => new GibibyteCost(Entries: 2 * 512, Frames: 2, Tables: 2, Links: 8, Initialized: 128),
    };

    /// <summary>Everything that plugging a device in counted.</summary>
    /// <param name="gibibytes">Its size.</param>
    /// <param name="upperTables">Tables above the last level that were made.</param>
    public OperationCounters PluggedIn(long gibibytes, long upperTables) => new()
    {
        PteWrites = (gibibytes * (Entries + Links)) + upperTables,
        FramesTaken = gibibytes * Frames,
        PageTablesAllocated = (gibibytes * Tables) + upperTables,

        // Whatever the allocator gives has its own struct page written.
        StructPagesWritten = (gibibytes * (Initialized + Frames + Tables)) + upperTables,
    };

    /// <summary>Everything that plugging it out again counted: one flush for each section.</summary>
    /// <param name="gibibytes">Its size.</param>
    /// <param name="upperTables">Tables above the last level that were there.</param>
    public OperationCounters PluggedOut(long gibibytes, long upperTables) => new()
    {
        PteWrites = (gibibytes * (Entries + Links)) + upperTables,
        TlbFlushes = gibibytes * Sections,
        Ipis = gibibytes * Sections * OtherCpus,
        FramesReturned = gibibytes * Frames,
        PageTablesFreed = (gibibytes * Tables) + upperTables,
        StructPagesWritten = (gibibytes * (Frames + Tables)) + upperTables,
    };
}
