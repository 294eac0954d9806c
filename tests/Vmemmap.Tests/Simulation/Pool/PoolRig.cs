using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Pool;

/// <summary>A machine of a few gigabytes with a pool, and what must hold of the two at any time.</summary>
internal sealed class PoolRig<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private readonly long _vmemmapAtBoot;
    private readonly long _total;

    public PoolRig(ulong bytes = 1UL << 30, int nodes = 1, HugetlbOptions? options = null, Func<MachineOptions, MachineOptions>? with = null)
    {
        MachineOptions machine = MachineOptions.OfSize(bytes, nodes) with { BreakBeforeMake = BreakBeforeMakePolicy.StopMachine };
        Machine = new Machine<TArch>(with is null ? machine : with(machine));
        Vmemmap = new VmemmapRemapper<TArch>(Machine);
        _vmemmapAtBoot = Machine.Books[FrameUse.Vmemmap];
        _total = Machine.Books.Total;
        Pool = new HugetlbPool<TArch, TLayout>(Vmemmap, options ?? new HugetlbOptions { OptimizeVmemmap = true });
    }

    public Machine<TArch> Machine { get; }

    public VmemmapRemapper<TArch> Vmemmap { get; }

    public HugetlbPool<TArch, TLayout> Pool { get; }

    public static Hstate TwoMegabytes => Size("2M");

    public static Hstate Gigabyte => Size("1G");

    /// <summary>facts of 2M: 8 pages of vmemmap, of which one or two are kept.</summary>
    public static long Freed => TLayout.Layout == VmemmapLayout.ReserveTwo ? 6 : 7;

    public long Free => Machine.Books[FrameUse.Free];

    public HstatePool Counts => Pool[TwoMegabytes];

    public static Hstate Size(string name) => TArch.Hstates.ToArray().Single(hstate => hstate.Name == name);

    /// <summary>Makes allocations for a purpose fail after some of them went well.</summary>
    public void FailAfter(long succeed, params AllocationPurpose[] purposes)
    {
        long left = succeed;
        Machine.PageAllocator.Fail = attempt => purposes.Contains(attempt.Purpose) && left-- <= 0;
    }

    /// <summary>Makes one allocation fail, whatever it is for: the one of this number from now on.</summary>
    public void FailAt(long number)
    {
        long at = Machine.PageAllocator.Attempts + number;
        Machine.PageAllocator.Fail = attempt => attempt.Number == at;
    }

    public void FailNothing() => Machine.PageAllocator.Fail = null;

    public void AssertCounts(long pages, long free, long surplus = 0, long reserved = 0)
    {
        Assert.Equal((pages, free, surplus, reserved), (Counts.Pages, Counts.FreePages, Counts.SurplusPages, Counts.ReservedPages));
        AssertHolds();
    }

    /// <summary>What holds between any two operations, whatever they are.</summary>
    public void AssertHolds()
    {
        Assert.Equal(0, Machine.Violations.Count);
        Assert.Equal(_total, Machine.Books.Total);
        Assert.Equal(0, Machine.Books[FrameUse.Deferred]);
        var pages = Pool.Pages;
        long huge = 0;
        long freed = 0;
        foreach (HstatePool counts in Pool.Hstates)
        {
            var ours = pages.Where(page => page.Hstate == counts.Hstate).ToList();
            huge += (counts.Pages + counts.LeavingPages) << counts.Hstate.Order;
            freed += ours.Count(page => page.IsOptimized) * counts.Hstate.FreedPages(TLayout.Layout, 64);
            Assert.InRange(counts.ReservedPages, 0, counts.FreePages);
            Assert.Equal(counts.LeavingPages, ours.Count(page => page.Place == HugePagePlace.Leaving));
            for (int node = 0; node < Machine.Nodes.Count; node++)
            {
                var here = ours.Where(page => page.Node == node).ToList();
                Assert.Equal(counts.FreePagesOf(node), here.Count(page => page.Place == HugePagePlace.Free));
                Assert.Equal(counts.PagesOf(node) - counts.FreePagesOf(node), here.Count(page => page.Place == HugePagePlace.InUse));
                Assert.InRange(counts.SurplusPagesOf(node), 0, counts.PagesOf(node));
            }
        }

        Assert.Equal(huge, Machine.Books[FrameUse.HugePage]);
        Assert.Equal(Vmemmap.SharedTails.Count, Machine.Books[FrameUse.SharedTail]);
        Assert.Equal(_vmemmapAtBoot - freed, Machine.Books[FrameUse.Vmemmap]);
        foreach (HugePage<TArch, TLayout> page in pages)
        {
            ref readonly StructPage head = ref page[0];
            bool marked = page.Place != HugePagePlace.Leaving || page.IsOptimized;
            Assert.Equal((marked, page.Place == HugePagePlace.InUse), (head.IsHugeTlb, head.RefCount > 0));
            Assert.Equal(page.IsOptimized, head.HugeTlbFlags.HasFlag(HugeTlbFlags.VmemmapOptimized));
            Assert.Equal(page.Place == HugePagePlace.Free, head.HugeTlbFlags.HasFlag(HugeTlbFlags.Freed));
            Assert.Equal(page.IsPoisoned, head.IsHwPoisoned);
            Assert.Equal(page.IsPoisoned, page[3].HugeTlbHwPoison != 0);
        }
    }
}
