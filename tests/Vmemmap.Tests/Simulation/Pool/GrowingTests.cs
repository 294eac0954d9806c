using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Pool;

public class GrowingOfReserveOneKeptHeadTests : GrowingTests<ReserveOneKeptHead>;

public class GrowingOfReserveTwoTests : GrowingTests<ReserveTwo>;

/// <summary>Before v6.7 each huge page was optimized before the next one was taken (6.1 mm/hugetlb.c, set_max_huge_pages and alloc_pool_huge_page).</summary>
public abstract class GrowingTests<TLayout>
    where TLayout : struct, IVmemmapLayout
{
    [Fact]
    public void AllOfMemory_LeavesNoHugePageUnoptimized()
    {
        PoolRig<X64, TLayout> rig = new();

        // Nothing is free then but whole blocks of 2M: the first table takes one of them.
        for (long left = rig.Free % 512; left > 0; left--)
        {
            Assert.True(rig.Machine.PageAllocator.TryAllocate(rig.Machine.Cpus[0], 0, 0, AllocationPurpose.Other, thisNode: true, out _));
        }

        long blocks = rig.Free / 512;
        Assert.Equal(blocks - 1, rig.Pool.SetHugePages(PoolRig<X64, TLayout>.TwoMegabytes, blocks));
        Assert.Equal(0, rig.Pool.Figures.OptimizeFailures);
        Assert.Equal(blocks - 1, rig.Pool.OptimizedPages(PoolRig<X64, TLayout>.TwoMegabytes));
    }
}
