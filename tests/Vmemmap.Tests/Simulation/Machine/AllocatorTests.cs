using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Machine;

/// <summary>The page allocator over nodes, zones and holes.</summary>
public class AllocatorTests
{
    private const ulong Section = 1UL << 27;
    private const ulong FourG = 4UL << 30;

    [Fact]
    public void Frames_ComeFromTheHighestZoneOfTheNodeAndThenFromOthers()
    {
        Machine<X64> machine = Make();
        Cpu<X64> cpu = machine.Cpus[0];
        Assert.True(machine.PageAllocator.TryAllocate(cpu, 0, 0, AllocationPurpose.VmemmapRestore, thisNode: true, out ulong pfn));
        Assert.InRange(pfn << 12, FourG, FourG + Section - 1);
        Assert.True(machine.PageAllocator.TryAllocate(cpu, 1, 0, AllocationPurpose.VmemmapRestore, thisNode: true, out pfn));
        Assert.InRange(pfn << 12, 2 * Section, (3 * Section) - 1);

        // Node 1 runs out: without another node there is no more.
        while (machine.PageAllocator.TryAllocate(cpu, 1, 0, AllocationPurpose.Other, thisNode: true, out pfn))
        {
            Assert.Equal(1, machine.Cpus[1].ReadStructPage(pfn).Node);
            Assert.Equal(1, machine.Cpus[1].ReadStructPage(pfn).RefCount);
        }

        Assert.Equal(1, cpu.Counters.AllocationFailures);
        Assert.Equal(0UL, machine.Nodes[1].Zones[0].FreePages);
        Assert.True(machine.PageAllocator.TryAllocate(cpu, 1, 0, AllocationPurpose.Other, thisNode: false, out pfn));
        Assert.InRange(pfn << 12, FourG, FourG + Section - 1);
        Assert.Equal(machine.Books[FrameUse.Free], OnMachine.FreeInZones(machine));
    }

    [Fact]
    public void AFreedFrame_IsAsAFreeOneIs()
    {
        Machine<X64> machine = Make();
        Cpu<X64> cpu = machine.Cpus[0];
        long[] orders = machine.FreeByOrder();
        Assert.True(machine.PageAllocator.TryAllocate(cpu, 0, 0, AllocationPurpose.Other, thisNode: true, out ulong pfn));
        machine.Memory.WriteWord(pfn << 12, 5);
        machine.PageAllocator.FreeFrame(cpu, pfn, FrameUse.Other);
        Assert.Equal(StructPage.Initialized(0, 1, 0), cpu.ReadStructPage(pfn));
        Assert.Equal(orders, machine.FreeByOrder());

        // PAGE_POISON (include/linux/poison.h).
        Assert.Equal(0xaaaa_aaaa_aaaa_aaaaUL, machine.Memory.ReadWord(pfn << 12));
        Assert.Throws<InconsistentMachineException>(() => machine.PageAllocator.FreeFrame(cpu, pfn, FrameUse.Other));
    }

    [Fact]
    public void NothingButMovablePages_ComesFromTheMovableZone()
    {
        Machine<X64> machine = Make();
        Cpu<X64> cpu = machine.Cpus[0];
        Assert.True(machine.Hotplug.TryPlug(cpu, 6UL << 30, Section, 1));
        foreach (AllocationPurpose purpose in Enum.GetValues<AllocationPurpose>())
        {
            Assert.True(machine.PageAllocator.TryAllocate(cpu, 1, 0, purpose, thisNode: true, out ulong pfn));
            bool movable = purpose is AllocationPurpose.HugePage or AllocationPurpose.Other;
            Assert.Equal(movable ? ZoneKind.Movable : ZoneKind.Dma32, machine.ZoneOf(pfn).Kind);
        }
    }

    [Fact]
    public void UnderALock_NothingIsAllocatedAndNoGracePeriodWaitedFor()
    {
        Machine<X64> machine = Make();
        KernelLock spinning = new("hugetlb_lock");
        KernelLock sleeping = new("resize_lock", sleeps: true);
        using (sleeping.Hold(machine.Cpus[0]))
        {
            Assert.True(machine.PageAllocator.TryAllocate(machine.Cpus[0], 0, 0, AllocationPurpose.Other, true, out _));
            machine.Rcu.Synchronize(machine.Cpus[0]);
        }

        using (spinning.Hold(machine.Cpus[0]))
        {
            Assert.Contains("VmemmapHead", Thrown(() => machine.PageAllocator.TryAllocate(machine.Cpus[0], 0, 0, AllocationPurpose.VmemmapHead, true, out _)), StringComparison.Ordinal);
            Assert.Contains("grace period", Thrown(() => machine.Rcu.Synchronize(machine.Cpus[0])), StringComparison.Ordinal);
            Assert.Contains("hugetlb_lock", Thrown(() => spinning.Hold(machine.Cpus[0]).Dispose()), StringComparison.Ordinal);
            Assert.Contains("hugetlb_lock", Thrown(() => spinning.Hold(machine.Cpus[1]).Dispose()), StringComparison.Ordinal);

            // It is the CPU that must not sleep, not the machine.
            Assert.True(machine.PageAllocator.TryAllocate(machine.Cpus[1], 0, 0, AllocationPurpose.Other, true, out _));
        }

        Assert.True(machine.PageAllocator.TryAllocate(machine.Cpus[0], 0, 0, AllocationPurpose.Other, true, out _));
        Assert.Equal(2, machine.Count().LockAcquisitions);
    }

    // Node 0 below and above 4G, node 1 between holes.
    private static Machine<X64> Make() => new(new MachineOptions
    {
        Memory = [new(0, 0, Section), new(1, 2 * Section, Section), new(0, FourG, Section)],
        Cpus = 2,
        HotplugLimit = 8UL << 30,
    });

    private static string Thrown(Action action) => Assert.Throws<InconsistentMachineException>(action).Message;
}
