using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Pool;

public class LeavingOfReserveOneTests : LeavingTests<ReserveOne>;

public class LeavingOfReserveTwoTests : LeavingTests<ReserveTwo>;

public class LeavingOfSharedTailTests : LeavingTests<SharedTail>;

/// <summary>Dissolve, replace, move, contiguous ranges, and the two other policies of freeing.</summary>
public abstract class LeavingTests<TLayout>
    where TLayout : struct, IVmemmapLayout
{
    private static Hstate TwoMegabytes => PoolRig<X64, TLayout>.TwoMegabytes;

    private static long Freed => PoolRig<X64, TLayout>.Freed;

    [Fact]
    public void Dissolve_GivesAFreePageBack_AndSaysWhyNot()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 3);
        HugePage<X64, TLayout> used = rig.Pool.TryAllocate(TwoMegabytes)!;
        HugePage<X64, TLayout> free = rig.Pool.Pages.First(page => page.Place == HugePagePlace.Free);
        Assert.Equal(DissolveResult.InUse, rig.Pool.Dissolve(used));
        rig.Pool.TryReserve(TwoMegabytes, 2);
        Assert.Equal(DissolveResult.InUse, rig.Pool.Dissolve(free));
        rig.Pool.ReleaseReservation(TwoMegabytes, 2);

        Assert.Equal(DissolveResult.Done, rig.Pool.Dissolve(free));
        rig.AssertCounts(pages: 2, free: 1);
        Assert.Equal(2, rig.Counts.MaximalPages);
        Assert.Equal(DissolveResult.NotAHugePage, rig.Pool.Dissolve(free));
        Assert.True(rig.Machine.ZoneOf(free.HeadPfn).IsFree(free.HeadPfn));
    }

    // It is frozen there, and looks like one that is on its way.
    [Fact]
    public void APageInARestoredScope_IsInUse()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 1);
        HugePage<X64, TLayout> page = rig.Pool.TryAllocate(TwoMegabytes)!;
        using (page.Restore())
        {
            Assert.Equal(DissolveResult.InUse, rig.Pool.Dissolve(page));
            Assert.Equal(DissolveResult.InUse, rig.Pool.TryReplace(page));
        }

        rig.Pool.Free(page);
        Assert.Equal(DissolveResult.Done, rig.Pool.Dissolve(page));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Dissolve_WithAnyAllocationFailing_LeavesThePageWithTheSurplusItHad(long surplus)
    {
        for (int number = 0; number <= Freed; number++)
        {
            PoolRig<X64, TLayout> rig = new();
            rig.Pool.SetHugePages(TwoMegabytes, 2 - surplus);
            rig.Pool.SetOvercommitLimit(TwoMegabytes, surplus);
            rig.Pool.TryReserve(TwoMegabytes, 2);
            rig.Machine.PageAllocator.Fail = attempt => attempt.Purpose == AllocationPurpose.VmemmapRestore;
            rig.Pool.ReleaseReservation(TwoMegabytes, 2);
            rig.AssertCounts(pages: 2, free: 2, surplus: surplus);

            rig.FailAt(number);
            DissolveResult result = rig.Pool.Dissolve(rig.Pool.Pages.First());
            rig.FailNothing();
            if (number < Freed)
            {
                Assert.Equal(DissolveResult.OutOfMemory, result);
                rig.AssertCounts(pages: 2, free: 2, surplus: surplus);
                Assert.Equal(2 - surplus, rig.Counts.MaximalPages);
            }
            else
            {
                Assert.Equal(DissolveResult.Done, result);
                rig.AssertCounts(pages: 1, free: 1);
            }
        }
    }

    [Fact]
    public void DissolveRange_EmptiesASection_OrStopsAtAPageInUse()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 100);
        HugePage<X64, TLayout> used = rig.Pool.TryAllocate(TwoMegabytes)!;
        ulong section = used.HeadPfn & ~32767UL;
        Assert.Equal(DissolveResult.InUse, rig.Pool.DissolveRange(section, 32768));
        rig.Pool.Free(used);
        Assert.Equal(DissolveResult.Done, rig.Pool.DissolveRange(section, 32768));
        Assert.DoesNotContain(rig.Pool.Pages, page => page.HeadPfn >= section && page.HeadPfn < section + 32768);
        Assert.DoesNotContain(rig.Pool.Pages, page => page.Place == HugePagePlace.Gone);
        rig.AssertHolds();
        Assert.Equal(rig.Pool.Pages.Count, rig.Counts.Pages);
    }

    [Fact]
    public void Replace_PutsAnotherPageInItsPlace()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 2);
        HugePage<X64, TLayout> old = rig.Pool.Pages.First();
        Assert.Equal(DissolveResult.Done, rig.Pool.TryReplace(old));
        rig.AssertCounts(pages: 2, free: 2);
        Assert.Equal(HugePagePlace.Gone, old.Place);
        Assert.Equal(DissolveResult.NotAHugePage, rig.Pool.TryReplace(old));
        Assert.Equal(DissolveResult.InUse, rig.Pool.TryReplace(rig.Pool.TryAllocate(TwoMegabytes)!));
        rig.AssertCounts(pages: 2, free: 1);
    }

    [Fact]
    public void Replace_WithAnyAllocationFailing_LosesNothing()
    {
        for (int number = 0; ; number++)
        {
            PoolRig<X64, TLayout> rig = new();
            rig.Pool.SetHugePages(TwoMegabytes, 1);
            HugePage<X64, TLayout> old = rig.Pool.Pages.Single();
            long before = rig.Machine.PageAllocator.Attempts;
            rig.FailAt(number);
            DissolveResult result = rig.Pool.TryReplace(old);
            long attempts = rig.Machine.PageAllocator.Attempts - before;
            rig.FailNothing();

            // Without a new page all is as it was; with one and without a restore there is one more, surplus.
            (DissolveResult, long) expected = number == 0 ? (DissolveResult.OutOfMemory, 1)
                : old.Place == HugePagePlace.Free ? (DissolveResult.OutOfMemory, 2) : (DissolveResult.Done, 1);
            Assert.Equal(expected, (result, rig.Counts.Pages));
            rig.AssertCounts(rig.Counts.Pages, rig.Counts.Pages, surplus: rig.Counts.Pages - 1);
            if (number >= attempts)
            {
                Assert.Equal(DissolveResult.Done, result);
                Assert.InRange(number, (int)Freed + 1, 30);
                break;
            }
        }
    }

    [Fact]
    public void Migrate_TakesAFreePage_OrATemporaryOne()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 2);
        HugePage<X64, TLayout> first = rig.Pool.TryAllocate(TwoMegabytes)!;
        HugePage<X64, TLayout> second = rig.Pool.TryMigrate(first)!;
        Assert.Equal((HugePagePlace.Free, HugePagePlace.InUse), (first.Place, second.Place));
        rig.AssertCounts(pages: 2, free: 1);

        // The pool has none left: a temporary page becomes an ordinary one, and the old one goes.
        Assert.Same(first, rig.Pool.TryAllocate(TwoMegabytes));
        HugePage<X64, TLayout> third = rig.Pool.TryMigrate(first)!;
        rig.AssertCounts(pages: 2, free: 0);
        Assert.Equal(HugePagePlace.Gone, first.Place);
        rig.Pool.Free(third);
        rig.AssertCounts(pages: 2, free: 1);

        // Others hold it.
        second.Writable[0].RefCount++;
        Assert.Null(rig.Pool.TryMigrate(second));
    }

    [Fact]
    public void ContiguousRange_MovesHugePagesOutOfIt()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 100);
        HugePage<X64, TLayout>[] used = [.. Enumerable.Range(0, 60).Select(_ => rig.Pool.TryAllocate(TwoMegabytes)!)];

        // From the middle of one huge page to the middle of another.
        Assert.True(rig.Pool.TryAllocateContiguous(256, 40 * 512));
        rig.AssertCounts(pages: 100, free: 40);
        Assert.Equal(40 * 512, rig.Machine.Books[FrameUse.Other]);
        Assert.DoesNotContain(rig.Pool.Pages, page => page.HeadPfn < 256 + (40 * 512));
        Assert.True(rig.Machine.ZoneOf(0).IsFree(0));

        rig.Pool.FreeContiguous(256, 40 * 512);
        rig.AssertHolds();
        Assert.Equal(0, rig.Machine.Books[FrameUse.Other]);
        Assert.Equal(60, rig.Pool.Pages.Count(page => page.Place == HugePagePlace.InUse));
    }

    [Fact]
    public void ContiguousRange_OverSomethingElse_TakesNothing()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 10);
        Assert.True(rig.Machine.PageAllocator.TryTake(9000, 1, FrameUse.Other));
        long free = rig.Free;
        Assert.False(rig.Pool.TryAllocateContiguous(4096, 8192));
        Assert.Equal(free, rig.Free);
        rig.AssertCounts(pages: 10, free: 10);
    }

    [Fact]
    public void DeferredPolicy_QueuesUntilTheWorkerRuns()
    {
        PoolRig<X64, TLayout> rig = new(options: new HugetlbOptions { OptimizeVmemmap = true, FreePolicy = FreePolicy.Deferred });
        rig.Pool.SetHugePages(TwoMegabytes, 4);
        long free = rig.Free;
        Assert.Equal(1, rig.Pool.SetHugePages(TwoMegabytes, 1));
        rig.AssertCounts(pages: 1, free: 1);
        Assert.Equal((3, 3, free), (rig.Pool.QueuedPages, rig.Counts.LeavingPages, rig.Free));

        Assert.Equal(3, rig.Pool.FlushWork());
        rig.AssertCounts(pages: 1, free: 1);
        Assert.Equal((0, 0, free + (3 * (512 - Freed))), (rig.Pool.QueuedPages, rig.Counts.LeavingPages, rig.Free));
    }

    [Fact]
    public void DeferredPolicy_WhenTheWorkerHasNoMemory_BringsPagesBackAsSurplus()
    {
        PoolRig<X64, TLayout> rig = new(options: new HugetlbOptions { OptimizeVmemmap = true, FreePolicy = FreePolicy.Deferred });
        rig.Pool.SetHugePages(TwoMegabytes, 4);
        rig.Pool.SetHugePages(TwoMegabytes, 0);
        rig.FailAfter(2 * Freed, AllocationPurpose.VmemmapRestore);
        Assert.Equal(2, rig.Pool.FlushWork());
        rig.AssertCounts(pages: 2, free: 2, surplus: 2);
        Assert.Equal(0, rig.Pool.FlushWork());
    }

    [Fact]
    public void DeferredPolicy_DissolveFlushesTheWork()
    {
        PoolRig<X64, TLayout> rig = new(options: new HugetlbOptions { OptimizeVmemmap = true, FreePolicy = FreePolicy.Deferred });
        rig.Pool.SetHugePages(TwoMegabytes, 4);
        HugePage<X64, TLayout> page = rig.Pool.TryAllocate(TwoMegabytes)!;
        rig.Pool.SetHugePages(TwoMegabytes, 0);
        rig.Pool.Free(page);
        Assert.Equal(4, rig.Pool.QueuedPages);
        Assert.Equal(DissolveResult.NotAHugePage, rig.Pool.Dissolve(page));
        Assert.Equal(0, rig.Pool.QueuedPages);
        rig.AssertCounts(pages: 0, free: 0);
    }

    [Fact]
    public void PermanentPolicy_NeverGivesOptimizedPagesBack()
    {
        PoolRig<X64, TLayout> rig = new(options: new HugetlbOptions { OptimizeVmemmap = true, FreePolicy = FreePolicy.Permanent });
        rig.Pool.SetHugePages(TwoMegabytes, 4);
        rig.Pool.OptimizeVmemmap = false;
        rig.Pool.SetHugePages(TwoMegabytes, 7);
        Assert.Equal(4, rig.Pool.SetHugePages(TwoMegabytes, 0));
        rig.AssertCounts(pages: 4, free: 4);
        Assert.Equal(DissolveResult.Permanent, rig.Pool.Dissolve(rig.Pool.Pages.First()));
        Assert.Equal(DissolveResult.Permanent, rig.Pool.TryReplace(rig.Pool.Pages.First()));
        HugePage<X64, TLayout> used = rig.Pool.TryAllocate(TwoMegabytes)!;
        Assert.Equal(4, rig.Pool.SetHugePages(TwoMegabytes, 0));
        rig.Pool.Free(used);
        rig.AssertCounts(pages: 4, free: 4);
        Assert.Equal(0, rig.Pool.Figures.RestoreFailures);
    }

    [Fact]
    public void Dissolve_OfASurplusPage_LeavesTheSizeOfThePoolAlone()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 2);
        rig.FailAfter(0, AllocationPurpose.VmemmapRestore);
        Assert.Equal(0, rig.Pool.SetHugePages(TwoMegabytes, 0));
        rig.AssertCounts(pages: 2, free: 2, surplus: 2);
        Assert.Equal(DissolveResult.OutOfMemory, rig.Pool.Dissolve(rig.Pool.Pages.First()));
        rig.AssertCounts(pages: 2, free: 2, surplus: 2);
        Assert.Equal((0, 0), (rig.Counts.MaximalPages, rig.Counts.PersistentPages));
    }

    [Fact]
    public void Dissolve_OfOneOfSeveralSurplusPages_LeavesTheSizeOfThePoolAlone()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 2);
        rig.FailAfter(0, AllocationPurpose.VmemmapRestore);
        Assert.Equal(1, rig.Pool.SetHugePages(TwoMegabytes, 1));
        rig.AssertCounts(pages: 2, free: 2, surplus: 1);
        rig.FailNothing();
        Assert.Equal(DissolveResult.Done, rig.Pool.Dissolve(rig.Pool.Pages.First()));
        rig.AssertCounts(pages: 1, free: 1);
        Assert.Equal(1, rig.Counts.MaximalPages);
    }

    [Fact]
    public void FreeContiguous_KeepsAFrameWithAnErrorOutOfTheAllocator()
    {
        PoolRig<X64, TLayout> rig = new();
        long free = rig.Free;
        Assert.True(rig.Pool.TryAllocateContiguous(1000, 100));
        Assert.Equal(MemoryFailureKind.Other, rig.Pool.MemoryFailure(1000).Kind);
        Assert.Equal(MemoryFailureKind.Other, rig.Pool.MemoryFailure(1050).Kind);
        rig.Pool.FreeContiguous(1000, 100);
        Assert.Equal((free - 2, 2), (rig.Free, rig.Machine.Books[FrameUse.Poisoned]));
        Zone zone = rig.Machine.ZoneOf(1000);
        Assert.Equal([false, true, true, false, true], new ulong[] { 1000, 1001, 1049, 1050, 1099 }.Select(zone.IsFree));
        Assert.Equal(MemoryFailureKind.AlreadyPoisoned, rig.Pool.MemoryFailure(1050).Kind);
    }

    [Fact]
    public void HugePageOfAnotherPool_IsRefused()
    {
        PoolRig<X64, TLayout> rig = new();
        HugetlbPool<X64, TLayout> other = new(rig.Vmemmap, new HugetlbOptions { OptimizeVmemmap = true });
        other.SetHugePages(TwoMegabytes, 1);
        rig.Pool.SetHugePages(TwoMegabytes, 1);
        HugePage<X64, TLayout> page = other.Pages.Single();
        Assert.Throws<ArgumentException>(() => rig.Pool.Dissolve(page));
        Assert.Throws<ArgumentException>(() => rig.Pool.TryReplace(page));
        page = other.TryAllocate(TwoMegabytes)!;
        Assert.Throws<ArgumentException>(() => rig.Pool.Free(page));
        Assert.Throws<ArgumentException>(() => rig.Pool.TryMigrate(page));
        other.Free(page);
        Assert.Equal((1, 1), (rig.Counts.FreePages, other[TwoMegabytes].FreePages));
    }
}
