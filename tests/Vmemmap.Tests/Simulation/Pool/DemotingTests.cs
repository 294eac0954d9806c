using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Pool;

public class DemotingOfReserveOneTests : DemotingTests<ReserveOne>;

public class DemotingOfReserveTwoTests : DemotingTests<ReserveTwo>;

public class DemotingOfSharedTailTests : DemotingTests<SharedTail>;

/// <summary>Huge pages made into smaller ones. arm64 with 4K pages has 1G, 32M, 2M and 64K: 4096, 128, 8 and a quarter page of vmemmap.</summary>
public abstract class DemotingTests<TLayout>
    where TLayout : struct, IVmemmapLayout
{
    private static int Kept => TLayout.Layout == VmemmapLayout.ReserveTwo ? 2 : 1;

    private static int SharedTails => TLayout.Layout == VmemmapLayout.SharedTail ? 1 : 0;

    [Fact]
    public void Gigabyte_BecomesOptimizedTwoMegabytes()
    {
        PoolRig<X64, TLayout> rig = new(4UL << 30);
        Hstate gigabyte = PoolRig<X64, TLayout>.Gigabyte;
        Assert.Equal(2, rig.Pool.SetHugePages(gigabyte, 2));
        rig.AssertHolds();
        Assert.Equal(1, rig.Pool.Demote(gigabyte, 1));
        rig.AssertCounts(pages: 512, free: 512);
        Assert.Equal((1, 512), (rig.Pool[gigabyte].MaximalPages, rig.Counts.MaximalPages));
        Assert.Equal(512, rig.Pool.OptimizedPages(PoolRig<X64, TLayout>.TwoMegabytes));

        // All of it is restored before anything is made smaller; a batch then takes 512 heads, and a tail page, before it gives anything back.
        long heads = TLayout.HasBatches ? 512 : 0;
        Assert.Equal(4096 - Kept + heads + SharedTails, rig.Pool.Figures.PeakExtraFramesOfDemote);
        Assert.Equal(0, rig.Pool.Demote(gigabyte, 0));
        Assert.Equal(1, rig.Pool.Demote(gigabyte, 3));
        rig.AssertCounts(pages: 1024, free: 1024);
    }

    [Fact]
    public void Demote_RestoresTheWholeSourceFirst_WhereThereAreBatches()
    {
        PoolRig<Arm64K4Va48, TLayout> rig = new();
        Hstate source = PoolRig<Arm64K4Va48, TLayout>.Size("32M");
        rig.Pool.SetHugePages(source, 8);
        Assert.Equal(8, rig.Pool.Demote(source, 8));
        rig.AssertCounts(pages: 128, free: 128);

        // Together: 8 x 127 and 128 heads. One by one: 126 are restored and 16 x 6 come back, which leaves 30 each time.
        Assert.Equal(TLayout.HasBatches ? (8 * 127) + 128 + SharedTails : (7 * 30) + 126, rig.Pool.Figures.PeakExtraFramesOfDemote);
    }

    [Fact]
    public void Targets_AreAllSmallerSizes_TheNextOneIsTheDefault()
    {
        PoolRig<Arm64K4Va48, TLayout> rig = new(2UL << 30);
        Hstate gigabyte = PoolRig<Arm64K4Va48, TLayout>.Gigabyte;
        Hstate small = PoolRig<Arm64K4Va48, TLayout>.Size("64K");
        Assert.Equal(["32M", "2M", "64K"], rig.Pool.DemoteTargets(gigabyte).Select(hstate => hstate.Name));
        Assert.Equal(1, rig.Pool.SetHugePages(gigabyte, 1));
        Assert.Equal(1, rig.Pool.Demote(gigabyte, 1));
        Assert.Equal(32, rig.Pool[32UL << 20].FreePages);
        Assert.Equal(2, rig.Pool.Demote(PoolRig<Arm64K4Va48, TLayout>.Size("32M"), 2, target: small));
        Assert.Equal(1024, rig.Pool[small].FreePages);
        Assert.Equal(3, rig.Pool.Demote(PoolRig<Arm64K4Va48, TLayout>.Size("32M"), 3));
        rig.AssertCounts(pages: 48, free: 48);
        Assert.Equal(0, rig.Pool.OptimizedPages(small));
        Assert.Contains("no huge pages smaller than 64K", Assert.Throws<ArgumentException>(
            () => rig.Pool.Demote(small, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("2M pages cannot be made into 32M: what can be made of them is 64K.", Assert.Throws<ArgumentException>(
            () => rig.Pool.Demote(PoolRig<Arm64K4Va48, TLayout>.TwoMegabytes, 1, PoolRig<Arm64K4Va48, TLayout>.Size("32M"))).Message, StringComparison.Ordinal);
        Assert.Equal(0, rig.Pool.SetHugePages(small, 0));
        rig.AssertHolds();
    }

    [Fact]
    public void Demote_LeavesPromisedPagesAlone()
    {
        PoolRig<Arm64K4Va48, TLayout> rig = new();
        Hstate source = PoolRig<Arm64K4Va48, TLayout>.Size("32M");
        rig.Pool.SetHugePages(source, 5);
        rig.Pool.TryReserve(source, 2);
        Assert.Equal(3, rig.Pool.Demote(source, 5));
        Assert.Equal((2, 2, 2), (rig.Pool[source].Pages, rig.Pool[source].FreePages, rig.Pool[source].ReservedPages));
        rig.AssertCounts(pages: 48, free: 48);
    }

    [Fact]
    public void Demote_WithAnyRestoreAllocationFailing_CountsWhatWasDone_AndKeepsTheRest()
    {
        int perPage = 128 - Kept;
        for (int succeed = 0; succeed <= 3 * perPage; succeed += 21)
        {
            PoolRig<Arm64K4Va48, TLayout> rig = new();
            Hstate source = PoolRig<Arm64K4Va48, TLayout>.Size("32M");
            rig.Pool.SetHugePages(source, 3);
            rig.FailAfter(succeed, AllocationPurpose.VmemmapRestore);
            long demoted = rig.Pool.Demote(source, 3);
            rig.FailNothing();

            // In the source, and not surplus.
            Assert.Equal(succeed / perPage, demoted);
            HstatePool counts = rig.Pool[source];
            Assert.Equal((3 - demoted, 3 - demoted, 0, 3 - demoted), (counts.Pages, counts.FreePages, counts.SurplusPages, counts.MaximalPages));
            Assert.Equal(3 - demoted, rig.Pool.OptimizedPages(source));
            rig.AssertCounts(pages: 16 * demoted, free: 16 * demoted);
        }
    }

    [Fact]
    public void Demote_OfASurplusPage_LeavesTheSizeOfThePoolAlone()
    {
        PoolRig<X64, TLayout> rig = new(4UL << 30, nodes: 2);
        Hstate gigabyte = PoolRig<X64, TLayout>.Gigabyte;
        Assert.Equal(2, rig.Pool.SetHugePages(gigabyte, 2));
        rig.FailAfter(0, AllocationPurpose.VmemmapRestore);
        Assert.Equal(0, rig.Pool.SetHugePages(gigabyte, 0, node: 1));
        rig.FailNothing();
        Assert.Equal((2, 1, 1), (rig.Pool[gigabyte].Pages, rig.Pool[gigabyte].SurplusPages, rig.Pool[gigabyte].MaximalPages));
        Assert.Equal(1, rig.Pool.Demote(gigabyte, 1, node: 1));
        rig.AssertHolds();
        Assert.Equal((1, 0, 1), (rig.Pool[gigabyte].Pages, rig.Pool[gigabyte].SurplusPages, rig.Pool[gigabyte].MaximalPages));
    }
}
