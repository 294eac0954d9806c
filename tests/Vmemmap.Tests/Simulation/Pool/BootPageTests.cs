using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Pool;

public class BootPageOfReserveOneTests : BootPageTests<ReserveOne>;

public class BootPageOfReserveTwoTests : BootPageTests<ReserveTwo>;

public class BootPageOfSharedTailTests : BootPageTests<SharedTail>;

/// <summary>Huge pages of boot memory, and memory that holds its own struct pages.</summary>
public abstract class BootPageTests<TLayout>
    where TLayout : struct, IVmemmapLayout
{
    private static readonly Func<MachineOptions, MachineOptions> TwoOfEach = options => options with
    {
        BootReservations = [new BootReservation(1UL << 30, 2), new BootReservation(2UL << 20, 3)],
    };

    private static int Kept => TLayout.Layout == VmemmapLayout.ReserveTwo ? 2 : 1;

    [Fact]
    public void Tails_ThatBecomeAliases_AreNeverInitialised()
    {
        PoolRig<X64, TLayout> rig = new(4UL << 30, with: TwoOfEach);
        Hstate gigabyte = PoolRig<X64, TLayout>.Gigabyte;
        rig.AssertCounts(pages: 3, free: 3);
        Assert.Equal((2, 2, 2), (rig.Pool[gigabyte].Pages, rig.Pool.OptimizedPages(gigabyte), rig.Pool[gigabyte].MaximalPages));

        // 64 struct pages of each page of vmemmap that is kept, and a few frames and tables for which struct pages are written as they come and go.
        long freed = (2 * (4096 - Kept)) + (3 * (8 - Kept));
        long written = rig.Machine.Count().StructPagesWritten - freed;
        Assert.InRange(written, 5 * 64 * Kept, (5 * 64 * Kept) + 200);
        Assert.Equal(0, rig.Pool.SetHugePages(gigabyte, 0));
        rig.AssertCounts(pages: 3, free: 3);
        AssertTailsLeadHome(rig);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Tails_AreInitialised_WhereOptimizingFailsOrIsOff(bool optimize)
    {
        var machine = new Machine<X64>(TwoOfEach(MachineOptions.OfSize(4UL << 30)));
        machine.PageAllocator.Fail = attempt => attempt.Purpose == AllocationPurpose.PageTable;
        var vmemmap = new VmemmapRemapper<X64>(machine);
        HugetlbPool<X64, TLayout> pool = new(vmemmap, new HugetlbOptions { OptimizeVmemmap = optimize });
        Assert.Equal(5, pool.Pages.Count);
        Assert.Equal(optimize ? 5 : 0, pool.Figures.OptimizeFailures);
        foreach (HugePage<X64, TLayout> page in pool.Pages)
        {
            Assert.False(page.IsOptimized);
            ulong last = page.HeadPfn + (ulong)page.Count - 1;
            Assert.Equal(AccessResult.Done, TLayout.TryCompoundHead(vmemmap, machine.Cpus[0], last, out ulong head));
            Assert.Equal(page.HeadPfn, head);
            ref readonly StructPage tail = ref page[page.Count - 1];
            Assert.Equal((StructPage.TailMapping, (int)ZoneKind.Dma32, PageTypes.None), (tail.Mapping, tail.Zone, tail.PageType));
        }
    }

    [Fact]
    public void BootPages_GoToOnePoolOnly()
    {
        PoolRig<X64, TLayout> rig = new(4UL << 30, with: TwoOfEach);
        Assert.Empty(new HugetlbPool<X64, TLayout>(rig.Vmemmap, new HugetlbOptions()).Pages);
    }

    [Fact]
    public void MemoryWithItsOwnStructPages_IsNotOptimized()
    {
        PoolRig<X64, TLayout> rig = new(with: options => options with { HotplugLimit = 2UL << 30 });
        Cpu<X64> cpu = rig.Machine.Cpus[0];

        // Of 128M, the first 2M hold the struct pages; that leaves 63 huge pages.
        Assert.True(rig.Machine.Hotplug.TryPlug(cpu, 1UL << 30, 128UL << 20, 0, ZoneKind.Movable, selfHosted: true));
        Assert.Equal(63 + 5, rig.Pool.SetHugePages(PoolRig<X64, TLayout>.TwoMegabytes, 63 + 5));
        Assert.Equal(63, rig.Pool.Pages.Count(page => page.HeadPfn >= 262144));
        Assert.All(rig.Pool.Pages, page => Assert.Equal(page.HeadPfn < 262144, page.IsOptimized));

        // Dissolved, it can go.
        Assert.False(rig.Machine.Hotplug.TryOffline(cpu, 1UL << 30, 128UL << 20));
        Assert.Equal(DissolveResult.Done, rig.Pool.DissolveRange(262144, 32768));
        Assert.True(rig.Machine.Hotplug.TryOffline(cpu, 1UL << 30, 128UL << 20));
        rig.Machine.Hotplug.Unplug(cpu, 1UL << 30, 128UL << 20);
        Assert.Equal(0, rig.Machine.Violations.Count);
        Assert.Equal(5, rig.Counts.Pages);
    }

    private static void AssertTailsLeadHome(PoolRig<X64, TLayout> rig)
    {
        foreach (HugePage<X64, TLayout> page in rig.Pool.Pages)
        {
            for (long i = 0; i < page.Count; i++)
            {
                Assert.Equal(
                    AccessResult.Done, TLayout.TryCompoundHead(rig.Vmemmap, rig.Machine.Cpus[1], page.HeadPfn + (ulong)i, out ulong head));
                Assert.Equal(page.HeadPfn, head);
            }
        }
    }
}
