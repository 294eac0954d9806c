using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Pool;

public class SizingOfReserveOneTests : SizingTests<ReserveOne>;

public class SizingOfReserveOneKeptHeadTests : SizingTests<ReserveOneKeptHead>;

public class SizingOfReserveTwoTests : SizingTests<ReserveTwo>;

public class SizingOfSharedTailTests : SizingTests<SharedTail>;

/// <summary>Grow and shrink on x86-64. 1 GiB: 262144 frames, 4096 of vmemmap, three tables; 258045 are free.</summary>
public abstract class SizingTests<TLayout>
    where TLayout : struct, IVmemmapLayout
{
    private static Hstate TwoMegabytes => PoolRig<X64, TLayout>.TwoMegabytes;

    private static long Freed => PoolRig<X64, TLayout>.Freed;

    private static int SharedTails => TLayout.Layout == VmemmapLayout.SharedTail ? 1 : 0;

    [Fact]
    public void Grow_GivesFramesBack_AndShrinkTakesThem()
    {
        PoolRig<X64, TLayout> rig = new();
        Assert.Equal(258045, rig.Free);

        Assert.Equal(100, rig.Pool.SetHugePages(TwoMegabytes, 100));

        // One of them is the block of order 9 at the top, the others are from the bottom on: three blocks of 128M.
        rig.AssertCounts(pages: 100, free: 100);
        Assert.Equal(258045 - (100 * 512) + (100 * Freed) - 3 - SharedTails, rig.Free);
        Assert.Equal(100, rig.Pool.OptimizedPages(TwoMegabytes));
        Assert.Equal(100, rig.Counts.MaximalPages);

        Assert.Equal(0, rig.Pool.SetHugePages(TwoMegabytes, 0));
        rig.AssertCounts(pages: 0, free: 0);

        // The tables and the shared tail stay.
        Assert.Equal(258045 - 3 - SharedTails, rig.Free);
        Assert.Empty(rig.Pool.Pages);
    }

    [Fact]
    public void Grow_WhenSwitchedOff_LeavesPagesAsTheyAre_AndTheSwitchIsForTheFutureOnly()
    {
        PoolRig<X64, TLayout> rig = new(options: new HugetlbOptions());
        rig.Pool.SetHugePages(TwoMegabytes, 10);
        Assert.Equal(258045 - (10 * 512), rig.Free);
        Assert.Equal("2M: vm.hugetlb_optimize_vmemmap is off", rig.Pool.Explain(TwoMegabytes));

        rig.Pool.OptimizeVmemmap = true;
        rig.Pool.SetHugePages(TwoMegabytes, 14);
        Assert.Equal(4, rig.Pool.OptimizedPages(TwoMegabytes));

        rig.Pool.OptimizeVmemmap = false;
        rig.Pool.SetHugePages(TwoMegabytes, 20);
        Assert.Equal(4, rig.Pool.OptimizedPages(TwoMegabytes));
        rig.AssertCounts(pages: 20, free: 20);
        Assert.Equal(0, rig.Pool.SetHugePages(TwoMegabytes, 0));
        rig.AssertHolds();
    }

    [Fact]
    public void Grow_BeyondMemory_ReachesWhatThereIs()
    {
        PoolRig<X64, TLayout> rig = new();

        // 257536 frames in one piece from 0 on: 503 huge pages; only what optimizing gives back is left.
        Assert.Equal(503, rig.Pool.SetHugePages(TwoMegabytes, 512));
        rig.AssertCounts(pages: 503, free: 503);
        Assert.Equal(503, rig.Counts.MaximalPages);
    }

    [Fact]
    public void Nodes_TakeTurns_AndOneAloneIsServedAlone()
    {
        PoolRig<X64, TLayout> rig = new(2UL << 30, nodes: 2);
        Assert.Equal(7, rig.Pool.SetHugePages(TwoMegabytes, 7));
        Assert.Equal((4, 3), (rig.Counts.PagesOf(0), rig.Counts.PagesOf(1)));
        Assert.Equal(10, rig.Pool.SetHugePages(TwoMegabytes, 10, node: 1));
        Assert.Equal((4, 10), (rig.Counts.PagesOf(0), rig.Counts.PagesOf(1)));
        Assert.Equal(1, rig.Pool.SetHugePages(TwoMegabytes, 1, node: 0));
        Assert.Equal((1, 10), (rig.Counts.PagesOf(0), rig.Counts.PagesOf(1)));
        Assert.Equal(5, rig.Pool.SetHugePages(TwoMegabytes, 5));

        // Six leave, from the nodes in turn as long as they have any.
        Assert.Equal((0, 5), (rig.Counts.PagesOf(0), rig.Counts.PagesOf(1)));
        rig.AssertHolds();
        Assert.All(rig.Pool.Pages, page => Assert.Equal(page.HeadPfn >= 262144 ? 1 : 0, page.Node));
    }

    [Fact]
    public void Shrink_LeavesWhatIsPromisedOrUsed_AndMakesTheRestSurplus()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 10);
        HugePage<X64, TLayout>[] used = [.. Enumerable.Range(0, 4).Select(_ => rig.Pool.TryAllocate(TwoMegabytes)!)];
        Assert.True(rig.Pool.TryReserve(TwoMegabytes, 3));

        // 4 used and 3 promised stay; they are more than the 2 asked for, so 5 are surplus.
        Assert.Equal(2, rig.Pool.SetHugePages(TwoMegabytes, 2));
        rig.AssertCounts(pages: 7, free: 3, surplus: 5, reserved: 3);

        // Growing takes the surplus first: no page is made.
        long attempts = rig.Machine.PageAllocator.Attempts;
        Assert.Equal(6, rig.Pool.SetHugePages(TwoMegabytes, 6));
        rig.AssertCounts(pages: 7, free: 3, surplus: 1, reserved: 3);
        Assert.Equal(attempts, rig.Machine.PageAllocator.Attempts);

        // The next one freed leaves.
        rig.Pool.Free(used[0]);
        rig.AssertCounts(pages: 6, free: 3, reserved: 3);
        Assert.Equal(HugePagePlace.Gone, used[0].Place);
    }

    [Fact]
    public void GrowOfOne_WithAnyAllocationFailing_LosesNothing()
    {
        for (int number = 0; ; number++)
        {
            PoolRig<X64, TLayout> rig = new();
            long before = rig.Machine.PageAllocator.Attempts;
            long asked = 0;
            long expected = 3;
            rig.Machine.PageAllocator.Fail = attempt =>
            {
                bool fails = attempt.Number == before + number;
                if (attempt.Purpose == AllocationPurpose.HugePage)
                {
                    expected = fails ? asked : expected;
                    asked++;
                }

                return fails;
            };
            long reached = rig.Pool.SetHugePages(TwoMegabytes, 3);
            long attempts = rig.Machine.PageAllocator.Attempts - before;
            rig.FailNothing();
            rig.AssertHolds();

            // Without the frames of a page that is the end; any other failure leaves at most one page as it was.
            Assert.Equal(expected, reached);
            Assert.InRange(reached - rig.Pool.OptimizedPages(TwoMegabytes), 0, 1);
            Assert.Equal(0, rig.Pool.SetHugePages(TwoMegabytes, 0));
            rig.AssertHolds();
            if (number >= attempts)
            {
                Assert.InRange(number, 5, 100);
                break;
            }
        }
    }

    [Fact]
    public void Shrink_WhenNothingCanBeRestored_KeepsAllAsSurplus()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 6);
        long free = rig.Free;
        rig.FailAfter(0, AllocationPurpose.VmemmapRestore);

        Assert.Equal(0, rig.Pool.SetHugePages(TwoMegabytes, 0));
        rig.AssertCounts(pages: 6, free: 6, surplus: 6);
        Assert.Equal(free, rig.Free);
        Assert.InRange(rig.Pool.Figures.RestoreFailures, 6, 13);

        // Nothing is lost: the surplus pages are free huge pages, and become ordinary ones again.
        rig.FailNothing();
        Assert.Equal(4, rig.Pool.SetHugePages(TwoMegabytes, 4));
        rig.AssertCounts(pages: 6, free: 6, surplus: 2);
        Assert.Equal(6, rig.Pool.SetHugePages(TwoMegabytes, 6));
        rig.AssertCounts(pages: 6, free: 6);
        Assert.Equal(0, rig.Pool.SetHugePages(TwoMegabytes, 0));
        rig.AssertCounts(pages: 0, free: 0);
    }

    // Room for two pages: these are freed, and their own frames restore all others, as the kernel's bulk path hopes for.
    [Fact]
    public void Shrink_WithLittleMemory_FreesWhatItCanAndTriesAgain()
    {
        PoolRig<X64, TLayout> rig = new();
        long reached = rig.Pool.SetHugePages(TwoMegabytes, 512);
        Assert.Equal(503, reached);
        TakeAllBut(rig, (2 * Freed) + 3);
        Assert.Equal(0, rig.Pool.SetHugePages(TwoMegabytes, 0));
        rig.AssertCounts(pages: 0, free: 0);
    }

    [Fact]
    public void Shrink_WithNoMemoryAtAll_KeepsThePool()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 512);
        TakeAllBut(rig, Freed - 1);
        Assert.Equal(0, rig.Pool.SetHugePages(TwoMegabytes, 0));
        rig.AssertCounts(pages: 503, free: 503, surplus: 503);
        Assert.Equal(Freed - 1, rig.Free);
    }

    [Fact]
    public void ShrinkOfMany_WithAnyAllocationFailing_EndsWithTheOthersFreed()
    {
        for (int number = 0; number < 6 * Freed; number++)
        {
            PoolRig<X64, TLayout> rig = new();
            rig.Pool.SetHugePages(TwoMegabytes, 6);
            rig.FailAt(number);
            Assert.Equal(0, rig.Pool.SetHugePages(TwoMegabytes, 0));
            rig.FailNothing();

            // Together: a batch that stops is tried again, and then all goes well. One by one: the page that failed stays.
            long left = TLayout.HasBatches ? 0 : 1;
            rig.AssertCounts(pages: left, free: left, surplus: left);
            Assert.Equal(1, rig.Pool.Figures.RestoreFailures);
        }
    }

    [Fact]
    public void Shrink_TakesMemoryFirst_AndTheFigureSaysHowMuch()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 64);
        rig.Pool.SetHugePages(TwoMegabytes, 0);

        // A batch restores all before it frees any.
        Assert.Equal(TLayout.HasBatches ? 64 * Freed : Freed, rig.Pool.Figures.PeakExtraFramesOfShrink);
    }

    [Fact]
    public void Counts_ThatDoNotFit_AreNamed()
    {
        PoolRig<X64, TLayout> rig = new();
        Assert.Contains("-1 pages of 2M: the machine's memory holds from 0 to 512.", Assert.Throws<ArgumentOutOfRangeException>(
            () => rig.Pool.SetHugePages(TwoMegabytes, -1)).Message, StringComparison.Ordinal);
        Assert.Contains("513 pages of 2M", Assert.Throws<ArgumentOutOfRangeException>(
            () => rig.Pool.SetHugePages(TwoMegabytes, 513)).Message, StringComparison.Ordinal);
        Assert.Contains("nodes 0 to 0", Assert.Throws<ArgumentOutOfRangeException>(
            () => rig.Pool.SetHugePages(TwoMegabytes, 1, node: 1)).Message, StringComparison.Ordinal);
        Assert.Contains("x86-64 has no huge pages of 33554432 bytes: it has 1G, 2M.", Assert.Throws<ArgumentException>(
            () => rig.Pool[32UL << 20]).Message, StringComparison.Ordinal);
        Assert.Contains("larger than what the buddy allocator has", Assert.Throws<ArgumentException>(
            () => rig.Pool.SetOvercommitLimit(PoolRig<X64, TLayout>.Gigabyte, 1)).Message, StringComparison.Ordinal);
        rig.AssertCounts(0, 0);
    }

    private static void TakeAllBut(PoolRig<X64, TLayout> rig, long left)
    {
        while (rig.Free > left)
        {
            Assert.True(rig.Machine.PageAllocator.TryAllocate(rig.Machine.Cpus[0], 0, 0, AllocationPurpose.Other, thisNode: false, out _));
        }
    }
}
