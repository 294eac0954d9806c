using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Pool;

public class UsingOfReserveOneTests : UsingTests<ReserveOne>;

public class UsingOfReserveTwoTests : UsingTests<ReserveTwo>;

public class UsingOfSharedTailTests : UsingTests<SharedTail>;

/// <summary>Allocating, freeing, promises, overcommit.</summary>
public abstract class UsingTests<TLayout>
    where TLayout : struct, IVmemmapLayout
{
    private static Hstate TwoMegabytes => PoolRig<X64, TLayout>.TwoMegabytes;

    private static long Freed => PoolRig<X64, TLayout>.Freed;

    [Fact]
    public void Allocate_TakesAFreePage_AndFreeBringsItBack()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 2);
        HugePage<X64, TLayout> page = rig.Pool.TryAllocate(TwoMegabytes)!;
        Assert.Equal((1, HugePagePlace.InUse), (page[0].RefCount, page.Place));
        rig.AssertCounts(pages: 2, free: 1);
        Assert.NotNull(rig.Pool.TryAllocate(TwoMegabytes));
        Assert.Null(rig.Pool.TryAllocate(TwoMegabytes));

        rig.Pool.Free(page);
        rig.AssertCounts(pages: 2, free: 1);
        Assert.Equal((0, HugePagePlace.Free), (page[0].RefCount, page.Place));
        Assert.Throws<InconsistentMachineException>(() => rig.Pool.Free(page));

        // Last in, first out.
        Assert.Same(page, rig.Pool.TryAllocate(TwoMegabytes));
    }

    [Fact]
    public void Free_OfOneReferenceOfTwo_KeepsThePageInUse()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 1);
        HugePage<X64, TLayout> page = rig.Pool.TryAllocate(TwoMegabytes)!;
        page.Writable[0].RefCount++;
        rig.Pool.Free(page);
        rig.AssertCounts(pages: 1, free: 0);
        rig.Pool.Free(page);
        rig.AssertCounts(pages: 1, free: 1);
    }

    [Fact]
    public void Node_IsTriedFirst_ThenTheOthers()
    {
        PoolRig<X64, TLayout> rig = new(2UL << 30, nodes: 2);
        rig.Pool.SetHugePages(TwoMegabytes, 2);
        Assert.Equal(1, rig.Pool.TryAllocate(TwoMegabytes, node: 1)!.Node);
        Assert.Equal(0, rig.Pool.TryAllocate(TwoMegabytes, node: 1)!.Node);
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Pool.TryAllocate(TwoMegabytes, node: 2));
    }

    [Fact]
    public void Overcommit_MakesSurplusPages_ThatLeaveWhenTheyAreFreed()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 1);
        rig.Pool.SetOvercommitLimit(TwoMegabytes, 2);
        HugePage<X64, TLayout>[] pages = [.. Enumerable.Range(0, 3).Select(_ => rig.Pool.TryAllocate(TwoMegabytes)!)];
        Assert.All(pages, page => Assert.True(page.IsOptimized));
        Assert.Null(rig.Pool.TryAllocate(TwoMegabytes));
        rig.AssertCounts(pages: 3, free: 0, surplus: 2);

        rig.Pool.Free(pages[0]);
        rig.Pool.Free(pages[1]);
        rig.AssertCounts(pages: 1, free: 0);
        rig.Pool.Free(pages[2]);
        rig.AssertCounts(pages: 1, free: 1);
    }

    [Fact]
    public void FreeOfASurplusPage_WithAnyAllocationFailing_KeepsItAsSurplus()
    {
        for (int number = 0; number <= Freed; number++)
        {
            PoolRig<X64, TLayout> rig = new();
            rig.Pool.SetOvercommitLimit(TwoMegabytes, 1);
            HugePage<X64, TLayout> page = rig.Pool.TryAllocate(TwoMegabytes)!;
            rig.FailAt(number);
            rig.Pool.Free(page);
            rig.FailNothing();
            long left = number < Freed ? 1 : 0;
            rig.AssertCounts(pages: left, free: left, surplus: left);
            if (left == 1)
            {
                // It is used again, and the next time it is freed for good.
                Assert.Same(page, rig.Pool.TryAllocate(TwoMegabytes));
                rig.Pool.Free(page);
                rig.AssertCounts(pages: 0, free: 0);
            }
        }
    }

    [Fact]
    public void SurplusPage_WithAnyAllocationFailing_IsMadeAsItIsOrNotAtAll()
    {
        for (int number = 0; number < 5; number++)
        {
            PoolRig<X64, TLayout> rig = new();
            rig.Pool.SetOvercommitLimit(TwoMegabytes, 1);
            rig.FailAt(number);
            HugePage<X64, TLayout>? page = rig.Pool.TryAllocate(TwoMegabytes);
            rig.FailNothing();
            long made = number == 0 ? 0 : 1;
            Assert.Equal(made, page is null ? 0 : 1);
            rig.AssertCounts(pages: made, free: 0, surplus: made);
        }
    }

    [Fact]
    public void Promises_KeepPagesFromOthers()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 3);
        Assert.True(rig.Pool.TryReserve(TwoMegabytes, 2));
        Assert.False(rig.Pool.TryReserve(TwoMegabytes, 2));
        rig.AssertCounts(pages: 3, free: 3, reserved: 2);
        Assert.NotNull(rig.Pool.TryAllocate(TwoMegabytes));
        Assert.Null(rig.Pool.TryAllocate(TwoMegabytes));

        HugePage<X64, TLayout> first = rig.Pool.TryAllocate(TwoMegabytes, useReserve: true)!;
        HugePage<X64, TLayout> second = rig.Pool.TryAllocate(TwoMegabytes, useReserve: true)!;
        rig.AssertCounts(pages: 3, free: 0);
        Assert.Throws<InvalidOperationException>(() => rig.Pool.TryAllocate(TwoMegabytes, useReserve: true));

        // The one that was never used brings its promise back, the other one does not.
        rig.Pool.CommitReservation(second);
        rig.Pool.Free(first);
        rig.Pool.Free(second);
        rig.AssertCounts(pages: 3, free: 2, reserved: 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Pool.ReleaseReservation(TwoMegabytes, 2));
        rig.Pool.ReleaseReservation(TwoMegabytes, 1);
        rig.AssertCounts(pages: 3, free: 2);
    }

    [Fact]
    public void Promises_BeyondThePool_MakeSurplusPages_AndTakingThemBackFreesThem()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 1);
        rig.Pool.SetOvercommitLimit(TwoMegabytes, 3);
        Assert.True(rig.Pool.TryReserve(TwoMegabytes, 4));
        rig.AssertCounts(pages: 4, free: 4, surplus: 3, reserved: 4);
        rig.Pool.ReleaseReservation(TwoMegabytes, 2);
        rig.AssertCounts(pages: 2, free: 2, surplus: 1, reserved: 2);

        // One too many: what was made for it goes back.
        Assert.False(rig.Pool.TryReserve(TwoMegabytes, 3));
        rig.AssertCounts(pages: 2, free: 2, surplus: 1, reserved: 2);
    }

    [Fact]
    public void Lock_IsTakenOnceForAnAllocationAndOnceForAFree()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 1);
        OperationCounters before = rig.Machine.Count();
        rig.Pool.Free(rig.Pool.TryAllocate(TwoMegabytes)!);
        Assert.Equal(2, rig.Machine.Count().Since(in before).LockAcquisitions);
    }

    [Fact]
    public void APageOfAnotherMachine_IsRefused()
    {
        PoolRig<X64, TLayout> rig = new();
        PoolRig<X64, TLayout> other = new();
        other.Pool.SetHugePages(TwoMegabytes, 1);
        HugePage<X64, TLayout> page = other.Pool.TryAllocate(TwoMegabytes)!;
        Assert.Throws<ArgumentException>(() => rig.Pool.Free(page));
        Assert.Throws<ArgumentException>(() => rig.Pool.Dissolve(page));
    }
}
