using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Checking;
using Vmemmap.Tests.Simulation.Optimizer;
using Xunit.Sdk;

namespace Vmemmap.Tests.Simulation.Broken;

/// <summary>Frames that are freed while a TLB has them.</summary>
public class FlushTests
{
    [Fact]
    public void OptimizingWithoutAFlush_IsReadThroughAStaleTranslation()
    {
        Expect.Only(ReadAfterOptimizing<X64, ReserveOneWith<NoFlush>>(batch: false), ViolationKind.StaleTranslation, count: 8);
        Expect.Only(ReadAfterOptimizing<RiscV64Sv48, ReserveOneWith<NoFlush>>(batch: false), ViolationKind.StaleTranslation, count: 8);
        Expect.Only(ReadAfterOptimizing<X64, ReserveOneWith<NoFlush>>(batch: true), ViolationKind.StaleTranslation, count: 8);
    }

    [Fact]
    public void WithTheFlush_TheSameReadIsRight()
    {
        foreach (bool batch in new[] { false, true })
        {
            Expect.None(ReadAfterOptimizing<X64, ReserveOneWith<NoMistake>>(batch));
            Expect.None(ReadAfterOptimizing<X64, ReserveOne>(batch));
            Expect.None(ReadAfterOptimizing<X64, ReserveOneKeptHead>(batch));
            Expect.None(ReadAfterOptimizing<X64, SharedTail>(batch));
            Expect.None(ReadAfterOptimizing<X64, ReserveTwo>(batch));
            Expect.None(ReadAfterOptimizing<RiscV64Sv48, ReserveOne>(batch));
            Expect.None(ReadAfterOptimizing<Arm64K4Va48, ReserveOne>(batch));
        }
    }

    [Fact]
    public void OptimizingWithoutAFlush_LeavesATlbOnAFreeFrame()
    {
        OptimizerRig<X64, ReserveOneWith<NoFlush>> rig = BrokenRig.Make<X64, ReserveOneWith<NoFlush>>();
        HugePage<X64, ReserveOneWith<NoFlush>> page = rig.Take();
        rig.Warm();
        Assert.True(rig.TryOptimize(page));
        FailException found = Assert.Throws<FailException>(() => rig.Checker.Check(rig.Pages, moment: CheckMoment.Within));
        Assert.Contains("which is Free now", found.Message, StringComparison.Ordinal);

        // Put back, it is as if nothing had been wrong.
        rig.Remapper.FlushRange(rig.Cpu, page.FirstVmemmapPage, page.LastVmemmapPage);
        rig.Check();
    }

    [Fact]
    public void RestoringThatFreesBeforeItFlushes_IsReadThroughAStaleTranslation()
    {
        // All eight pages of vmemmap were aliases of the frame that is freed.
        Expect.Only(ReadWhileRestoring<X64, ReserveOneWith<FreesBeforeFlush>>(), ViolationKind.StaleTranslation, count: 8);
        Expect.Only(ReadWhileRestoring<RiscV64Sv48, ReserveOneWith<FreesBeforeFlush>>(), ViolationKind.StaleTranslation, count: 8);
        Expect.None(ReadWhileRestoring<X64, ReserveOneWith<MovesHeadBack>>());
        Expect.None(ReadWhileRestoring<RiscV64Sv48, ReserveOneWith<MovesHeadBack>>());
    }

    private static Machine<TArch> ReadAfterOptimizing<TArch, TLayout>(bool batch)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        OptimizerRig<TArch, TLayout> rig = BrokenRig.Make<TArch, TLayout>();
        HugePage<TArch, TLayout> page = rig.Take();
        rig.Warm();

        // A batch flushes its splits: what CPU 1 has is what it saw after that.
        rig.Machine.Observer = (machineEvent, _) => machineEvent == MachineEvent.Flushed && !page.IsOptimized && ReadAll(rig, page);
        if (batch)
        {
            rig.OptimizeBatch([page]);
        }
        else
        {
            Assert.True(rig.TryOptimize(page));
        }

        rig.Machine.Observer = null;
        Assert.True(page.IsOptimized);
        ReadAll(rig, page);
        return rig.Machine;
    }

    private static Machine<TArch> ReadWhileRestoring<TArch, TLayout>()
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        OptimizerRig<TArch, TLayout> rig = BrokenRig.Make<TArch, TLayout>();
        HugePage<TArch, TLayout> page = rig.Take();
        Assert.True(rig.TryOptimize(page));
        rig.Warm();
        rig.Machine.Observer = (machineEvent, _) => machineEvent == MachineEvent.BatchRemapped && ReadAll(rig, page);
        Assert.True(rig.TryRestore(page));
        rig.Machine.Observer = null;
        rig.Checker.Check(rig.Pages);
        return rig.Machine;
    }

    private static bool ReadAll<TArch, TLayout>(OptimizerRig<TArch, TLayout> rig, HugePage<TArch, TLayout> page)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        for (long i = page.FirstVmemmapPage; i <= page.LastVmemmapPage; i++)
        {
            rig.Machine.Cpus[1].TryReadWord(rig.Machine.Vmemmap.AddressOfPage(i), out _);
        }

        return true;
    }
}
