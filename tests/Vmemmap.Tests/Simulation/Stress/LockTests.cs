using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Broken;
using Vmemmap.Tests.Simulation.Optimizer;

namespace Vmemmap.Tests.Simulation.Stress;

/// <summary>Locks that a thread wants which drives their holder: a machine would stand still.</summary>
public class LockTests
{
    [Fact]
    public void ALockThatTheSameThreadHolds_IsNotGivenTwice()
    {
        OptimizerRig<X64, ReserveTwo> rig = BrokenRig.Make<X64, ReserveTwo>();
        KernelLock mmap = rig.Remapper.MmapLock;
        using (mmap.Hold(rig.Cpu))
        {
            InconsistentMachineException thrown = Assert.Throws<InconsistentMachineException>(() => mmap.Hold(rig.Machine.Cpus[1]));
            Assert.Contains("init_mm.mmap_lock", thrown.Message, StringComparison.Ordinal);
        }

        using (mmap.Hold(rig.Machine.Cpus[1]))
        {
            Assert.Equal(1, rig.Machine.Cpus[1].Counters.LockAcquisitions);
        }
    }

    [Fact]
    public void TwoOptimizersOfV514_ExcludeEachOther()
    {
        // v5.14 splits and remaps under mmap_lock: where another CPU could come in between, it would have to wait.
        OptimizerRig<X64, ReserveTwo> rig = BrokenRig.Make<X64, ReserveTwo>(VmemmapMapping.Blocks);
        HugePage<X64, ReserveTwo> first = rig.Take();
        HugePage<X64, ReserveTwo> second = rig.Take();
        bool asked = false;
        rig.Machine.PageAllocator.Fail = attempt =>
        {
            if (attempt.Purpose == AllocationPurpose.PageTable && !asked)
            {
                asked = true;
                Assert.Throws<InconsistentMachineException>(() => ReserveTwo.TryOptimize(rig.Remapper, rig.Machine.Cpus[1], second));
            }

            return false;
        };
        Assert.True(rig.TryOptimize(first));
        Assert.True(asked);
        Assert.True(rig.TryOptimize(second));
        Assert.Equal(0, rig.Machine.Count().LostSplits);
        rig.Check();
    }
}
