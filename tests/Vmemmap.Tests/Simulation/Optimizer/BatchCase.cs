using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Optimizer;

/// <summary>Huge pages optimized and restored together, looked at from inside by CPUs that have stale translations.</summary>
internal sealed class BatchCase(string architecture, string size, BreakBeforeMakePolicy policy) : IMachineTest
{
    public void Run<TArch, TLayout>()
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        long freed = LayoutCases.Freed<TLayout>(architecture, size);
        if (freed == 0)
        {
            return;
        }

        Hstate hstate = OptimizerRig<TArch, TLayout>.HstateOf(size);
        OptimizerRig<TArch, TLayout> rig = OptimizerRig<TArch, TLayout>.OfSize(OptimizerRig<TArch, TLayout>.RoomFor(hstate), policy);
        rig.Take(hstate, LayoutCases.PagesFor(hstate), node: 0);
        long vmemmap = rig.Machine.Books[FrameUse.Vmemmap];

        // A walk over many entries is looked at now and then.
        Onlooker<TArch, TLayout> onlooker = new(rig, every: hstate.Size >= 1UL << 30 ? 2003 : freed > 8 ? 41 : 3);
        rig.Warm();
        OperationCounters before = rig.Machine.Count();
        rig.OptimizeBatch(rig.Pages);
        OperationCounters optimized = rig.Machine.Count().Since(in before);
        rig.Check();
        Assert.All(rig.Pages, page => Assert.True(rig.Checker.IsOptimizedInTables(page)));
        Assert.Equal(-freed * rig.Pages.Count, rig.Machine.Books[FrameUse.Vmemmap] - vmemmap);

        rig.Warm();
        before = rig.Machine.Count();
        Assert.Equal(rig.Pages.Count, rig.RestoreBatch(rig.Pages));
        OperationCounters restored = rig.Machine.Count().Since(in before);
        rig.Check();
        Assert.All(rig.Pages, page => Assert.False(rig.Checker.IsOptimizedInTables(page)));
        Assert.Equal(vmemmap, rig.Machine.Books[FrameUse.Vmemmap]);
        CheckEvents<TArch, TLayout>(onlooker, in optimized, in restored);
    }

    private static void CheckEvents<TArch, TLayout>(
        Onlooker<TArch, TLayout> onlooker, in OperationCounters optimized, in OperationCounters restored)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        bool batches = typeof(TLayout) == typeof(ReserveOne) || typeof(TLayout) == typeof(SharedTail);
        Assert.Equal(batches ? 1 : 0, onlooker[MachineEvent.BatchSplit]);
        Assert.Equal(batches ? 2 : 0, onlooker[MachineEvent.BatchRemapped]);
        Assert.Equal(typeof(TLayout) == typeof(ReserveOne) ? 1 : 0, optimized.RcuSynchronizations);
        Assert.Equal(typeof(TLayout) == typeof(ReserveOne) ? 1 : 0, restored.RcuSynchronizations);
        long windows = onlooker[MachineEvent.InBreakBeforeMake];
        bool isArm = TArch.Name.StartsWith("arm64", StringComparison.Ordinal);
        Assert.Equal(isArm, windows > 0);
        if (batches)
        {
            // One for the splits and one for the remaps; one for the restores; and one for each window.
            Assert.Equal(3 + windows, optimized.TlbFlushes + restored.TlbFlushes);
        }
    }
}
