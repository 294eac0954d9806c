using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Optimizer;

/// <summary>Huge pages optimized and restored one by one, while other CPUs have all translations cached.</summary>
internal sealed class AloneCase(string architecture, string size, BreakBeforeMakePolicy policy) : IMachineTest
{
    private readonly HashSet<long> _split = [];
    private bool _hasSharedTail;

    public void Run<TArch, TLayout>()
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        Hstate hstate = OptimizerRig<TArch, TLayout>.HstateOf(size);
        OptimizerRig<TArch, TLayout> rig = OptimizerRig<TArch, TLayout>.OfSize(OptimizerRig<TArch, TLayout>.RoomFor(hstate), policy);
        rig.Take(hstate, LayoutCases.PagesFor(hstate), node: 0);
        rig.Check();
        long freed = LayoutCases.Freed<TLayout>(architecture, size);
        Assert.Equal(freed == 0 ? NotOptimizable.TooSmall : NotOptimizable.None, Optimizability.Of<TArch, TLayout>(rig.Machine, hstate));
        if (freed == 0)
        {
            return;
        }

        foreach (HugePage<TArch, TLayout> page in rig.Pages)
        {
            Optimize(rig, page, freed);
        }

        foreach (HugePage<TArch, TLayout> page in rig.Pages)
        {
            Restore(rig, page, freed);
        }
    }

    private void Optimize<TArch, TLayout>(OptimizerRig<TArch, TLayout> rig, HugePage<TArch, TLayout> page, long freed)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        rig.Warm();
        FrameBooks books = rig.Machine.Books;
        (long free, long vmemmap, long tables) = (books[FrameUse.Free], books[FrameUse.Vmemmap], books[FrameUse.PageTable]);
        books.MarkLowestFree();

        Assert.True(rig.TryOptimize(page));

        rig.Check();
        Assert.True(rig.Checker.IsOptimizedInTables(page));
        long newTables = CountSplits(page, byBlocks: !TLayout.NeedsBasePages && LayoutCases.MapsByBlocks(architecture));
        long newTail = TLayout.Layout == VmemmapLayout.SharedTail && !_hasSharedTail ? 1 : 0;
        _hasSharedTail |= newTail > 0;
        long newHead = typeof(TLayout) == typeof(ReserveOne) || typeof(TLayout) == typeof(SharedTail) ? 1 : 0;
        Assert.Equal(newTables, books[FrameUse.PageTable] - tables);
        Assert.Equal(-freed, books[FrameUse.Vmemmap] - vmemmap);
        Assert.Equal(freed - newTables - newTail, books[FrameUse.Free] - free);
        Assert.Equal(newTables + newTail + newHead, free - books.LowestFree);
    }

    private static void Restore<TArch, TLayout>(OptimizerRig<TArch, TLayout> rig, HugePage<TArch, TLayout> page, long freed)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        rig.Warm();
        FrameBooks books = rig.Machine.Books;
        (long free, long vmemmap) = (books[FrameUse.Free], books[FrameUse.Vmemmap]);
        books.MarkLowestFree();

        Assert.True(rig.TryRestore(page));

        rig.Check();
        Assert.False(rig.Checker.IsOptimizedInTables(page));
        Assert.Equal(page.VmemmapPages, rig.Checker.FramesOf(page));
        Assert.Equal(freed, books[FrameUse.Vmemmap] - vmemmap);
        Assert.Equal(-freed, books[FrameUse.Free] - free);
        Assert.Equal(freed, free - books.LowestFree);
    }

    // 512 pages of vmemmap are a block of 2M; it is split when the first huge page in it is optimized.
    private long CountSplits(Folio folio, bool byBlocks)
    {
        long before = _split.Count;
        for (long page = folio.FirstVmemmapPage; byBlocks && page <= folio.LastVmemmapPage; page++)
        {
            _split.Add(page / 512);
        }

        return _split.Count - before;
    }
}
