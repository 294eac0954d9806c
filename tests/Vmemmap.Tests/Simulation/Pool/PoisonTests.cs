using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Pool;

public class PoisonOfReserveOneTests : PoisonTests<ReserveOne>;

public class PoisonOfReserveTwoTests : PoisonTests<ReserveTwo>;

public class PoisonOfSharedTailTests : PoisonTests<SharedTail>;

/// <summary>Memory errors in huge pages, in their struct pages, in page tables, in free memory and where there is none.</summary>
public abstract class PoisonTests<TLayout>
    where TLayout : struct, IVmemmapLayout
{
    private static Hstate TwoMegabytes => PoolRig<X64, TLayout>.TwoMegabytes;

    [Fact]
    public void SubPage_IsKeptByIndex_AndMarkedWhenItsStructPageIsItsOwn()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 1);
        HugePage<X64, TLayout> page = rig.Pool.TryAllocate(TwoMegabytes)!;
        foreach (ulong index in (ulong[])[511, 0, 300])
        {
            MemoryFailureResult result = rig.Pool.MemoryFailure(page.HeadPfn + index);
            Assert.Equal((MemoryFailureKind.HugePage, page.HeadPfn, null), (result.Kind, result.HugePage, result.Dissolved));
        }

        Assert.Equal(MemoryFailureKind.AlreadyPoisoned, rig.Pool.MemoryFailure(page.HeadPfn + 300).Kind);
        Assert.Equal([0, 300, 511], page.PoisonedIndexes);
        Assert.False(page[300].IsHwPoisoned);
        rig.AssertCounts(pages: 1, free: 0);

        rig.Pool.Free(page);
        rig.AssertCounts(pages: 0, free: 0);
        Assert.Equal(3, rig.Machine.Books[FrameUse.Poisoned]);
        Zone zone = rig.Machine.ZoneOf(page.HeadPfn);
        for (ulong index = 0; index < 512; index++)
        {
            bool bad = index is 0 or 300 or 511;
            Assert.Equal((!bad, bad), (zone.IsFree(page.HeadPfn + index), rig.Machine.Cpus[0].ReadStructPage(page.HeadPfn + index).IsHwPoisoned));
        }

        Assert.Equal(MemoryFailureKind.AlreadyPoisoned, rig.Pool.MemoryFailure(page.HeadPfn + 300).Kind);
    }

    [Fact]
    public void FreeHugePage_IsGivenBackAtOnce_OrNeverAllocatedAgain()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 2);
        HugePage<X64, TLayout>[] pages = [.. rig.Pool.Pages];
        Assert.Equal(DissolveResult.Done, rig.Pool.MemoryFailure(pages[0].HeadPfn + 7).Dissolved);
        rig.AssertCounts(pages: 1, free: 1);

        rig.FailAfter(0, AllocationPurpose.VmemmapRestore);
        Assert.Equal(DissolveResult.OutOfMemory, rig.Pool.MemoryFailure(pages[1].HeadPfn + 7).Dissolved);
        rig.AssertCounts(pages: 1, free: 1);
        Assert.Null(rig.Pool.TryAllocate(TwoMegabytes));
        Assert.Equal(0, rig.Pool.SetHugePages(TwoMegabytes, 0));
        rig.AssertCounts(pages: 1, free: 1, surplus: 1);
        Assert.Equal([7], pages[1].PoisonedIndexes);

        rig.FailNothing();
        Assert.Equal(DissolveResult.Done, rig.Pool.Dissolve(pages[1]));
        rig.AssertCounts(pages: 0, free: 0);
        Assert.Equal(2, rig.Machine.Books[FrameUse.Poisoned]);
    }

    [Fact]
    public void Demote_LeavesPagesWithErrorsAlone()
    {
        PoolRig<Arm64K4Va48, TLayout> rig = new();
        Hstate source = PoolRig<Arm64K4Va48, TLayout>.Size("32M");
        rig.Pool.SetHugePages(source, 2);
        rig.FailAfter(0, AllocationPurpose.VmemmapRestore);
        rig.Pool.MemoryFailure(rig.Pool.Pages.First().HeadPfn + 9);
        rig.FailNothing();
        Assert.Equal(1, rig.Pool.Demote(source, 2));
        Assert.Equal(1, rig.Pool[source].Pages);
        rig.AssertHolds();
    }

    [Fact]
    public void FreeFrame_IsTakenOutOfTheAllocator()
    {
        PoolRig<X64, TLayout> rig = new();
        Assert.Equal(MemoryFailureKind.FreeFrame, rig.Pool.MemoryFailure(1000).Kind);
        Assert.Equal((258044, 1), (rig.Free, rig.Machine.Books[FrameUse.Poisoned]));
        Assert.Equal(MemoryFailureKind.AlreadyPoisoned, rig.Pool.MemoryFailure(1000).Kind);

        // It breaks the block that it was in.
        Assert.Equal(502, rig.Pool.SetHugePages(TwoMegabytes, 503));
    }

    [Fact]
    public void PfnWithoutAStructPage_IsToldAsThat_AndNothingIsRead()
    {
        PoolRig<X64, TLayout> rig = new(with: options => options with { HotplugLimit = 2UL << 30 });
        Assert.Equal(MemoryFailureKind.NoMemory, rig.Pool.MemoryFailure(300000).Kind);
        Assert.Equal(MemoryFailureKind.NoMemory, rig.Pool.MemoryFailure(ulong.MaxValue >> 12).Kind);
        Assert.True(rig.Machine.Hotplug.TryPlug(rig.Machine.Cpus[0], 1UL << 30, 128UL << 20, node: 0));
        Assert.Equal(MemoryFailureKind.FreeFrame, rig.Pool.MemoryFailure(262144).Kind);
        Assert.Equal(0, rig.Machine.Violations.Count);
    }

    [Fact]
    public void OfflineMemory_IsToldAsThat()
    {
        PoolRig<X64, TLayout> rig = new(with: options => options with { HotplugLimit = 2UL << 30 });
        Assert.True(rig.Machine.Hotplug.TryPlug(rig.Machine.Cpus[0], 1UL << 30, 128UL << 20, node: 0));
        Assert.True(rig.Machine.Hotplug.TryOffline(rig.Machine.Cpus[0], 1UL << 30, 128UL << 20));
        Assert.Equal(MemoryFailureKind.Offline, rig.Pool.MemoryFailure(262144).Kind);
    }

    [Fact]
    public void KeptFrame_IsFatalForItsFolio_SharedTailForAllOfItsOrder()
    {
        PoolRig<X64, TLayout> rig = new();
        HugetlbPool<X64, TLayout> other = new(rig.Vmemmap, new HugetlbOptions { OptimizeVmemmap = true });
        rig.Pool.SetHugePages(TwoMegabytes, 3);
        other.SetHugePages(TwoMegabytes, 2);
        HugePage<X64, TLayout> page = rig.Pool.Pages.First();
        ulong kept = rig.Vmemmap.FrameAt(page.FirstVmemmapPage);
        MemoryFailureResult first = rig.Pool.MemoryFailure(kept);
        Assert.Equal(MemoryFailureKind.VmemmapFrame, first.Kind);
        Assert.Equal([page.HeadPfn], first.FatalFor);

        ulong aliased = rig.Vmemmap.FrameAt(page.LastVmemmapPage);
        MemoryFailureResult second = rig.Pool.MemoryFailure(aliased);
        if (TLayout.Layout == VmemmapLayout.SharedTail)
        {
            Assert.Equal([.. rig.Pool.Pages.Concat(other.Pages).Select(each => each.HeadPfn).Order()], second.FatalFor);
            Assert.Equal(5, second.FatalFor.Count);
        }
        else if (TLayout.Layout == VmemmapLayout.ReserveTwo)
        {
            Assert.Equal([page.HeadPfn], second.FatalFor);
        }
        else
        {
            Assert.Equal(MemoryFailureKind.AlreadyPoisoned, second.Kind);
        }

        // The other pool's huge page is its own business.
        Assert.Equal(MemoryFailureKind.Other, rig.Pool.MemoryFailure(other.Pages.First().HeadPfn + 5).Kind);
    }

    [Fact]
    public void KeptFrame_ThatIsFreedLater_IsNotAllocatedAgain()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.OptimizeVmemmap = false;
        rig.Pool.SetHugePages(TwoMegabytes, 1);
        HugePage<X64, TLayout> page = rig.Pool.Pages.Single();
        ulong frame = rig.Vmemmap.FrameAt(page.LastVmemmapPage);
        Assert.Equal([page.HeadPfn], rig.Pool.MemoryFailure(frame).FatalFor);
        rig.Pool.SetHugePages(TwoMegabytes, 0);
        rig.Pool.OptimizeVmemmap = true;
        rig.Pool.SetHugePages(TwoMegabytes, 1);
        Assert.False(rig.Machine.ZoneOf(frame).IsFree(frame));
        Assert.Equal(1, rig.Machine.Books[FrameUse.Poisoned]);
    }

    [Fact]
    public void PageTable_IsFatalForEveryFolioUnderIt()
    {
        PoolRig<X64, TLayout> rig = new();
        rig.Pool.SetHugePages(TwoMegabytes, 100);
        HugePage<X64, TLayout> page = rig.Pool.Pages.First(each => each.HeadPfn == 0);
        ulong table = rig.Machine.PageTables.Find(page.FirstVmemmapPage).Address >> 12;
        MemoryFailureResult result = rig.Pool.MemoryFailure(table);
        Assert.Equal(MemoryFailureKind.PageTable, result.Kind);

        // A last-level table maps 512 pages of vmemmap, 8 for each huge page: those of the first 128M.
        Assert.Equal(Enumerable.Range(0, 64).Select(i => (ulong)i * 512), result.FatalFor);
        MemoryFailureResult root = rig.Pool.MemoryFailure(rig.Machine.PageTables.Root >> 12);
        Assert.Equal((MemoryFailureKind.PageTable, 100), (root.Kind, root.FatalFor.Count));
    }

    [Fact]
    public void OtherMemory_IsItsUsersBusiness()
    {
        PoolRig<X64, TLayout> rig = new();
        Assert.True(rig.Machine.PageAllocator.TryAllocate(rig.Machine.Cpus[0], 0, 0, AllocationPurpose.Other, thisNode: false, out ulong pfn));
        Assert.Equal(MemoryFailureKind.Other, rig.Pool.MemoryFailure(pfn).Kind);
        Assert.Equal(MemoryFailureKind.AlreadyPoisoned, rig.Pool.MemoryFailure(pfn).Kind);
        Assert.Equal(0, rig.Machine.Books[FrameUse.Poisoned]);
        rig.Machine.PageAllocator.FreeFrame(rig.Machine.Cpus[0], pfn, FrameUse.Other);
        Assert.Equal(1, rig.Machine.Books[FrameUse.Poisoned]);
    }

    [Fact]
    public void ErrorWhileTheHeadMoves_IsNotLostWithTheOldFrame()
    {
        PoolRig<X64, TLayout> rig = new();
        Cpu<X64> other = rig.Machine.Cpus[1];
        ulong? frame = null;
        bool moved = false;
        rig.Machine.Observer = (_, _) =>
        {
            if (moved || rig.Pool.Pages.SingleOrDefault() is not { } page)
            {
                return false;
            }

            // The other CPU keeps what it saw, until it is flushed.
            other.ReadStructPage(page.HeadPfn);
            ulong now = rig.Vmemmap.FrameAt(page.FirstVmemmapPage);
            moved = now != (frame ??= now);
            if (moved)
            {
                rig.Pool.MemoryFailure(page.HeadPfn + 300, other);
            }

            return false;
        };
        rig.Pool.SetHugePages(TwoMegabytes, 1);
        rig.Machine.Observer = null;
        Assert.Equal(TLayout.Layout != VmemmapLayout.ReserveTwo, moved);
        Assert.Equal(moved ? [300] : [], rig.Pool.Pages.Single().PoisonedIndexes);
        rig.AssertHolds();
    }
}
