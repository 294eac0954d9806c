using System.Text.Json;
using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.HighGranularity.Postcopy;

/// <summary>Whole migrations: times that can be computed by hand, and what must hold of every one.</summary>
public sealed class ReplayTests
{
    private static readonly Lazy<PostcopyRun> Megabytes = new(() => PostcopyMigration.Run(PostcopyCases.Small));
    private static readonly Lazy<PostcopyRun> Gigabyte = new(() => PostcopyMigration.Run(PostcopyCases.OneGigabyte));

    /// <summary>There, the bits over the speed, and back: 25 us, 1G at 100 Gbit/s, 25 us.</summary>
    [Theory]
    [InlineData(1UL << 12, 50_327.68)]
    [InlineData(1UL << 21, 217_772.16)]
    [InlineData(1UL << 30, 85_949_345.92)]
    public void TheFirstAccess_WaitsForTheLink(ulong fetch, double nanoseconds)
    {
        PostcopyRequest request = PostcopyCases.OneGigabyte with
        {
            FetchBytes = [fetch],
            Push = false,
            VirtualCpus = 1,
            Duration = 1,
            Costs = PostcopyCases.Nothing,
        };
        PostcopyFigures figures = PostcopyMigration.Run(request).Figures[0];
        Assert.Equal(nanoseconds, figures.FirstAccess, 1e-3);
        Assert.Equal(new StallFigures(1, figures.FirstAccess, figures.FirstAccess, figures.FirstAccess, figures.FirstAccess, figures.FirstAccess), figures.Stalls);
        Assert.Equal((1, 1, (long)fetch), (figures.Accesses, figures.Requests, figures.SentBytes));

        // A fault that wakes the reader, its two calls, one that maps and wakes the vCPU: 2 + 0.4 + 1.2 us; three threads that run 3 us after they are
        // woken; then locks and entries.
        double counted = PostcopyMigration.Run(request with { Costs = new CostModel() }).Figures[0].FirstAccess;
        Assert.InRange(counted - nanoseconds, 12_600, 13_500);
    }

    /// <summary>The reader, the thread that maps and the vCPU are woken one after the other: each wait has the latency of a wakeup three times, and nobody pays
    /// for it.</summary>
    [Fact]
    public void AWokenThread_RunsLater_AndNobodyPays()
    {
        PostcopyRequest request = PostcopyCases.Small with { VirtualCpus = 1, Push = false, FetchBytes = [4096], Duration = 2_000_000 };
        PostcopyFigures usual = PostcopyMigration.Run(request).Figures[0];
        PostcopyFigures late = PostcopyMigration.Run(request with { Costs = new CostModel { WakeupLatency = 103_000 } }).Figures[0];
        Assert.Equal(usual.FirstAccess + 300_000, late.FirstAccess, 1e-3);
        Assert.Equal(usual.Stalls.Median + 300_000, late.Stalls.Median, 1_000.0);
        Assert.InRange(late.MappingNanoseconds / late.Continues, 200, 1_000);
        Assert.All((PostcopyFigures[])[usual, late], figures =>
        {
            Assert.Equal(figures.Stalls.Count, figures.Continuing.Wakeups);
            Assert.Equal(figures.ContinuingNanoseconds, figures.MappingNanoseconds + (1_000 * figures.Stalls.Count), 1e-3);
        });
    }

    /// <summary>Without push the guest runs for the whole time, though all its memory is there before: it makes an access every 10 us, but for its waits.</summary>
    [Fact]
    public void WithoutPush_TheGuestRunsToTheEnd()
    {
        PostcopyRequest request = PostcopyCases.Small with { Push = false, VirtualCpus = 1, FetchBytes = [2UL << 20], Duration = 50_000_000 };
        PostcopyFigures figures = PostcopyMigration.Run(request).Figures[0];
        Assert.InRange(Assert.NotNull(figures.AllThere), 1_000_000, 25_000_000);
        Assert.Equal(50_000_000, figures.End);
        Assert.InRange(figures.Accesses - ((50_000_000 - figures.Stalls.Total) / 10_000), -1, 1);
        Assert.Equal(figures.Stalls.Total / 50_000_000, figures.TimeLost, 1e-9);
    }

    [Fact]
    public void SmallerPieces_AreThereEarlier()
    {
        Assert.Equal([1L << 12, 1L << 21], Megabytes.Value.Figures.Select(figures => figures.FetchBytes));
        Assert.Equal([1L << 21, 1L << 30], Gigabyte.Value.Figures.Select(figures => figures.FetchBytes));
        Assert.True(Megabytes.Value.Figures[0].FirstAccess * 3 < Megabytes.Value.Figures[1].FirstAccess);
        Assert.True(Gigabyte.Value.Figures[0].FirstAccess * 300 < Gigabyte.Value.Figures[1].FirstAccess);
        Assert.True(Megabytes.Value.Figures[0].Stalls.Percentile99 < Megabytes.Value.Figures[1].Stalls.Median);
    }

    /// <summary>Of 1G in 2M: a table of the PUD and one of the PMD. Of 32M in base pages: 16 of PTEs below those. An entry for each of them and of the pieces.</summary>
    [Fact]
    public void TheTables_AreThoseOfFourLevels()
    {
        PostcopyFigures pages = Megabytes.Value.Figures[0];
        Assert.Equal((8192, 1 + 1 + 16, 8192 + 18), (pages.Continues, pages.Continuing.PageTablesAllocated, pages.Continuing.PteWrites));
        Assert.Equal((19, 3), (pages.PeakPageTables, pages.PageTables));
        Assert.Equal((0, 0), (pages.Continuing.TlbFlushes, pages.Continuing.Ipis));
        Assert.Equal([new LeafCount(4096, 8192)], pages.LeavesBefore);
        Assert.Equal([new LeafCount(2 << 20, 16)], pages.Leaves);

        // Of each of 16: the PMD's entry is cleared, and so is each below it; one flush, which each of three vCPUs is asked for; the leaf.
        OperationCounters collapsing = Assert.NotNull(pages.Collapsing);
        Assert.Equal((16, 16 * (1 + 512 + 1)), (collapsing.PageTablesFreed, collapsing.PteWrites));
        Assert.Equal((16, 16 * 3), (collapsing.TlbFlushes, collapsing.Ipis));

        PostcopyFigures blocks = Gigabyte.Value.Figures[0];
        Assert.Equal((512, 2, 512 + 2), (blocks.Continues, blocks.Continuing.PageTablesAllocated, blocks.Continuing.PteWrites));
        collapsing = Assert.NotNull(blocks.Collapsing);
        Assert.Equal((1, 1 + 512 + 1, 1, 8), (collapsing.PageTablesFreed, collapsing.PteWrites, collapsing.TlbFlushes, collapsing.Ipis));
        Assert.Equal([new LeafCount(1 << 30, 1)], blocks.Leaves);
        PostcopyFigures whole = Gigabyte.Value.Figures[1];
        Assert.Equal((1, 1, 2), (whole.Continues, whole.Continuing.PageTablesAllocated, whole.Continuing.PteWrites));
        Assert.Null(whole.Collapsing);
    }

    /// <summary>Every byte once, whatever was asked for; the vmemmap was optimized, and nobody wrote to what is shared.</summary>
    [Fact]
    public void EveryByte_ComesOnce() => Assert.All((PostcopyRun[])[Megabytes.Value, Gigabyte.Value], run =>
    {
        long bytes = (long)run.Request.MemoryBytes;
        Assert.All(run.Figures, figures =>
        {
            Assert.Equal(bytes, figures.SentBytes);
            Assert.Equal(bytes / figures.FetchBytes, figures.DemandedPieces + figures.PushedPieces);
            Assert.InRange(figures.DemandedPieces, 1, figures.Requests);
            Assert.InRange(Assert.NotNull(figures.AllThere), bytes * 0.08, bytes * 0.12);
            Assert.InRange(figures.TimeLost, 0.01, 1);
            Assert.Equal(figures.TimeLost, 1 - figures.Running.Average(), 1e-6);
        });
        Assert.Equal((bytes / (long)run.Request.HugePageBytes, 0L, string.Empty), (run.Optimized, run.ViolationCount, run.NotOptimized));
    });

    [Fact]
    public void TheSameSeed_IsTheSameRun()
    {
        string first = Json(PostcopyCases.Small);
        Assert.Equal(first, Json(PostcopyCases.Small));
        Assert.NotEqual(first, Json(PostcopyCases.Small with { Seed = 1 }));

        static string Json(PostcopyRequest request) => JsonSerializer.Serialize(PostcopyMigration.Run(request).Figures);
    }

    /// <summary>Without push exactly what was touched is mapped; the touched pages are those that the seed says.</summary>
    [Fact]
    public void WithoutPush_WhatIsTouchedIsMapped_AndNothingElse()
    {
        PostcopyRequest request = PostcopyPlan.Complete<X64, ReserveOne>(
            PostcopyCases.Small with { Push = false, VirtualCpus = 1, Seed = 5, Duration = 20_000_000, FetchBytes = [16384 / 4] });
        var destination = new PostcopyDestination<X64, ReserveOne>(request, 4096);
        var replay = new PostcopyReplay<X64, ReserveOne>(destination, request, 4096);
        replay.Run();
        var again = new GuestAccesses(AccessPattern.Uniform, seed: 5, pages: 8192, virtualCpus: 1);
        HashSet<long> touched = [.. Enumerable.Range(0, (int)replay.Accesses).Select(_ => again.Next(0))];
        Assert.InRange(touched.Count, 100, 8000);
        for (long page = 0; page < 8192; page++)
        {
            Assert.Equal(touched.Contains(page), destination.Space.TryWalk(destination.Mapping.Start + ((ulong)page << 12), out _));
        }

        Assert.Equal(touched.Count, replay.Handler.Continues);
        Assert.Equal((ulong)touched.Count * 4096, replay.Link.SentBytes);
        Assert.Null(replay.AllThere);
        destination.End();
    }

    [Fact]
    public void WithoutPush_NothingIsCollapsedThatIsNotThere()
    {
        PostcopyFigures figures = PostcopyMigration.Run(PostcopyCases.Small with { Push = false, FetchBytes = [4096], Duration = 5_000_000 }).Figures[0];
        Assert.Null(figures.AllThere);
        Assert.Null(figures.Collapsing);
        Assert.Equal(figures.LeavesBefore, figures.Leaves);
        Assert.Equal((0, figures.SentBytes / 4096), (figures.PushedPieces, figures.Continues));
        Assert.Equal(5_000_000, figures.End);
    }

    /// <summary>It collapses a page when its last piece comes: as many flushes as huge pages, and all there is mapped by them.</summary>
    [Fact]
    public void AutomaticCollapse_LeavesHugePages()
    {
        PostcopyFigures figures = PostcopyMigration.Run(PostcopyCases.Small with { WithAutomaticCollapse = true, FetchBytes = [4096] }).Figures[1];
        Assert.True(figures.CollapsesAutomatically);
        Assert.Null(figures.Collapsing);
        Assert.Equal([new LeafCount(2 << 20, 16)], figures.LeavesBefore);
        Assert.Equal((16, 16), (figures.Continuing.TlbFlushes, figures.Continuing.PageTablesFreed));
        Assert.Equal(2 + 16, figures.Continuing.PageTablesAllocated);
        Assert.Equal(8192 + 18 + (16 * 514), figures.Continuing.PteWrites);
    }

    /// <summary>A handler that maps what has not arrived is found out by the first access to it.</summary>
    [Fact]
    public void WhatIsMappedTooEarly_IsFound()
    {
        PostcopyRequest request = PostcopyPlan.Complete<X64, ReserveOne>(PostcopyCases.Small with { Accesses = AccessPattern.Sequential });
        var destination = new PostcopyDestination<X64, ReserveOne>(request, 4096);
        Assert.True(destination.Mapping.Continue(destination.Handler, destination.Mapping.Start, 4096).IsDone);
        var thrown = Assert.Throws<InconsistentMachineException>(new PostcopyReplay<X64, ReserveOne>(destination, request, 4096).Run);
        Assert.Contains("have not arrived", thrown.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Names => [.. Architectures.BuiltIn.Select(architecture => architecture.Name)];

    /// <summary>Every architecture, in each size that its usual huge page can be mapped in; the kinds of accesses take turns.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void EveryArchitecture_ComesToItsHugePages(string name)
    {
        Architecture architecture = Architectures.Find(name)!;
        ulong huge = architecture.DefaultHstate.Size;
        ulong[] sizes = [(ulong)architecture.PageSize, .. architecture.Hstates.Select(hstate => hstate.Size).Where(size => size <= huge).Order()];
        PostcopyRun run = PostcopyMigration.Run(new PostcopyRequest
        {
            Architecture = name,
            HugePageBytes = huge,
            MemoryBytes = huge,
            FetchBytes = sizes,
            Accesses = (AccessPattern)(architecture.VirtualAddressBits % 3),
            BreakBeforeMake = BreakBeforeMakePolicy.IpiPause,
        });
        Assert.Equal((1, 0L), (run.Optimized, run.ViolationCount));
        Assert.Equal((sizes.Length * 2) - 1, run.Figures.Count);
        Assert.All(run.Figures, figures =>
        {
            long before = figures.CollapsesAutomatically ? (long)huge : figures.FetchBytes;
            Assert.Equal([new LeafCount(before, (long)huge / before)], figures.LeavesBefore);
            Assert.Equal([new LeafCount((long)huge, 1)], figures.Leaves);
            Assert.Equal((long)huge, figures.SentBytes);
        });
    }
}
