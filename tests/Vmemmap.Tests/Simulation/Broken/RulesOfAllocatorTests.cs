using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Optimizer;

namespace Vmemmap.Tests.Simulation.Broken;

/// <summary>What the page allocator does not take.</summary>
public class RulesOfAllocatorTests
{
    [Fact]
    public void OptimizingUnderThePoolsLock_IsRefused()
    {
        OptimizerRig<X64, ReserveOne> rig = BrokenRig.Make<X64, ReserveOne>();
        HugePage<X64, ReserveOne> page = rig.Take();
        HugetlbPool<X64, ReserveOne> pool = new(rig.Remapper, new HugetlbOptions { OptimizeVmemmap = true });
        using (pool.Lock.Hold(rig.Cpu))
        {
            InconsistentMachineException thrown = Assert.Throws<InconsistentMachineException>(() => rig.TryOptimize(page));
            Assert.Contains("while it holds a lock", thrown.Message, StringComparison.Ordinal);
        }

        Expect.None(rig.Machine);
    }

    [Fact]
    public void OptimizingOutsideOfIt_IsNot()
    {
        OptimizerRig<X64, ReserveOne> rig = BrokenRig.Make<X64, ReserveOne>();
        HugePage<X64, ReserveOne> page = rig.Take();
        HugetlbPool<X64, ReserveOne> pool = new(rig.Remapper, new HugetlbOptions { OptimizeVmemmap = true });
        using (pool.Lock.Hold(rig.Cpu))
        {
            Assert.False(page.IsOptimized);
        }

        Assert.True(rig.TryOptimize(page));
        rig.Check();
    }

    [Fact]
    public void FramesThatAreFreedTwice_AreFound()
    {
        OptimizerRig<X64, ReserveOneWith<FreesTwice>> rig = BrokenRig.Make<X64, ReserveOneWith<FreesTwice>>();
        HugePage<X64, ReserveOneWith<FreesTwice>> page = rig.Take();
        Assert.Throws<InconsistentMachineException>(() => rig.TryOptimize(page));
        Expect.None(rig.Machine);
    }

    [Fact]
    public void AFrameThatIsFreedTwiceWhileOthersWait_IsFound()
    {
        OptimizerRig<X64, ReserveOne> rig = BrokenRig.Make<X64, ReserveOne>();
        var deferred = new DeferredFrames();
        Assert.True(rig.Remapper.TryAllocateFrame(rig.Cpu, 0, AllocationPurpose.VmemmapRestore, thisNode: true, out ulong first));
        Assert.True(rig.Remapper.TryAllocateFrame(rig.Cpu, 0, AllocationPurpose.VmemmapRestore, thisNode: true, out ulong second));
        rig.Remapper.Defer(first, deferred);
        rig.Remapper.Defer(second, deferred);
        rig.Remapper.FreeFrame(rig.Cpu, first, FrameUse.Deferred);
        InconsistentMachineException thrown = Assert.Throws<InconsistentMachineException>(
            () => rig.Remapper.FreeFrame(rig.Cpu, first, FrameUse.Deferred));
        Assert.Contains($"0x{first:x}", thrown.Message, StringComparison.Ordinal);
        Expect.None(rig.Machine);
    }

    [Fact]
    public void FramesThatAreFreedOnce_AreFree()
    {
        OptimizerRig<X64, ReserveOneWith<NoMistake>> rig = BrokenRig.Make<X64, ReserveOneWith<NoMistake>>();
        long before = rig.Machine.Books[FrameUse.Free];
        HugePage<X64, ReserveOneWith<NoMistake>> page = rig.Take();
        Assert.True(rig.TryOptimize(page));
        Assert.Equal(before - 512 + 7, rig.Machine.Books[FrameUse.Free]);
        rig.Check();
    }
}
