using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Memory;
using Vmemmap.Tests.Simulation.Optimizer;
using Xunit.Sdk;

namespace Vmemmap.Tests.Simulation.Broken;

/// <summary>Two CPUs that split one block of vmemmap: each has found the block, and neither the other's table.</summary>
public class SplitTests
{
    [Fact]
    public void WithoutTheLock_TheSecondTableUndoesWhatWasDoneInTheFirst()
    {
        OptimizerRig<X64, ReserveOneWith<SplitWithoutLock>> rig = OptimizeBothInTurn<X64, ReserveOneWith<SplitWithoutLock>>(out HugePage<X64, ReserveOneWith<SplitWithoutLock>> other);

        // CPU 1 has optimized it and freed its frames; the table that counts has them all.
        Assert.True(other.IsOptimized);
        for (long page = other.FirstVmemmapPage; page <= other.LastVmemmapPage; page++)
        {
            ulong frame = rig.Remapper.FrameAt(page);
            Assert.Equal(rig.Remapper.FrameAt(other.FirstVmemmapPage) + (ulong)(page - other.FirstVmemmapPage), frame);
            Assert.True(rig.Machine.ZoneOf(frame).IsFree(frame));
        }

        Assert.Throws<FailException>(() => rig.Checker.Check(rig.Pages));
        Assert.Equal(0, rig.Machine.Count().LostSplits);
        Expect.None(rig.Machine);
    }

    [Fact]
    public void WithTheLock_OneTableIsKeptAndTheOtherFreed()
    {
        Right<X64, ReserveOne>();
        Right<X64, ReserveOneWith<NoMistake>>();
        Right<X64, ReserveOneKeptHead>();
        Right<X64, SharedTail>();
        Right<RiscV64Sv48, ReserveOne>();
        Right<Arm64K4Va48, ReserveOne>();
        Right<Arm64K4Va48, SharedTail>();
    }

    [Fact]
    public void TheTableThatLost_SaysNothingOfWhoOwnsItsFrames()
    {
        // Frames that CPU 1 freed in the meantime serve other pages now, and those may be written.
        OptimizerRig<X64, ReserveOne> rig = OptimizeBothInTurn<X64, ReserveOne>(out _);
        for (ulong pfn = 0; pfn < rig.Machine.Memory.FrameCount; pfn++)
        {
            if (rig.Machine.ZoneOf(pfn).IsFree(pfn))
            {
                Assert.Equal(-1, rig.Machine.Frames.OwnerOf(pfn));
            }
        }

        for (int i = 0; i < 40; i++)
        {
            HugePage<X64, ReserveOne> page = rig.Take();
            Assert.True(rig.TryOptimize(page));
            Assert.True(rig.Cpu.WriteWord(rig.Machine.Vmemmap.AddressOf(page.HeadPfn + 9) + 40, 0));
        }

        rig.Check();
    }

    [Fact]
    public void ThreadsThatMeetBeforeTheSplit_LoseOne()
    {
        RaceOfThreads<X64, ReserveOne>();
        RaceOfThreads<RiscV64Sv48, SharedTail>();
        RaceOfThreads<Arm64K4Va48, ReserveOne>();
    }

    private static void Right<TArch, TLayout>()
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        OptimizerRig<TArch, TLayout> rig = OptimizeBothInTurn<TArch, TLayout>(out _);
        RequireOneLost(rig);
        Assert.Equal(1, rig.Cpu.Counters.LostSplits);
    }

    private static void RequireOneLost<TArch, TLayout>(OptimizerRig<TArch, TLayout> rig)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        OperationCounters count = rig.Machine.Count();
        Assert.Equal(1, count.LostSplits);
        Assert.Equal(1, count.BlockSplits);
        Assert.Equal(2, count.PageTablesAllocated);
        Assert.Equal(1, count.PageTablesFreed);
        Assert.All(rig.Pages, page => Assert.True(page.IsOptimized));
        rig.Check();
    }

    // CPU 0 has found the block and asks for a table: there CPU 1 does all of its work.
    private static OptimizerRig<TArch, TLayout> OptimizeBothInTurn<TArch, TLayout>(out HugePage<TArch, TLayout> other)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        OptimizerRig<TArch, TLayout> rig = BrokenRig.Make<TArch, TLayout>(VmemmapMapping.Blocks);
        HugePage<TArch, TLayout> first = rig.Take();
        HugePage<TArch, TLayout> second = rig.Take();
        bool met = false;
        rig.Machine.PageAllocator.Fail = attempt =>
        {
            if (attempt.Purpose == AllocationPurpose.PageTable && !met)
            {
                met = true;
                Assert.True(TLayout.TryOptimize(rig.Remapper, rig.Machine.Cpus[1], second));
            }

            return false;
        };
        Assert.True(rig.TryOptimize(first));
        Assert.True(met);
        rig.Machine.PageAllocator.Fail = null;
        other = second;
        return rig;
    }

    private static void RaceOfThreads<TArch, TLayout>()
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        OptimizerRig<TArch, TLayout> rig = BrokenRig.Make<TArch, TLayout>(VmemmapMapping.Blocks);
        rig.Take();
        rig.Take();
        using Barrier meeting = new(2);
        rig.Machine.PageAllocator.Fail = attempt =>
        {
            if (attempt.Purpose == AllocationPurpose.PageTable)
            {
                meeting.SignalAndWait();
            }

            return false;
        };
        Together.Run(2, thread => Assert.True(TLayout.TryOptimize(rig.Remapper, rig.Machine.Cpus[thread], rig.Pages[thread])));
        rig.Machine.PageAllocator.Fail = null;
        RequireOneLost(rig);
    }
}
