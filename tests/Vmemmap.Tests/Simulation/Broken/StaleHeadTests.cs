using Vmemmap.HugeTlb;
using Vmemmap.Tests.Simulation.Optimizer;
using Xunit.Sdk;

namespace Vmemmap.Tests.Simulation.Broken;

/// <summary>
/// The regression of 6.12.117: restored pages keep copies of the head. An image of that kernel with 32 restored pages of 2M has 224 of them.
/// </summary>
public class StaleHeadTests
{
    private const int Restored = 32;
    private const int StructPagesOfAPage = 64;

    [Fact]
    public void RestoreWithoutReset_LeavesSevenStaleHeadsInEachPage()
    {
        OptimizerRig<X64, ReserveOneWith<NoReset>> rig = Restore<ReserveOneWith<NoReset>>();
        Assert.All(rig.Pages, page => Assert.Equal(7, CountStaleHeads(rig, page)));
        Assert.Equal(224, rig.Pages.Sum(page => CountStaleHeads(rig, page)));
        Assert.Throws<FailException>(() => rig.Checker.Check(rig.Pages));
        Expect.None(rig.Machine);
    }

    [Fact]
    public void StaleHeads_AreTakenForHeads()
    {
        OptimizerRig<X64, ReserveOneWith<NoReset>> rig = Restore<ReserveOneWith<NoReset>>();
        PfnWalker<X64, ReserveOneWith<NoReset>> walker = new(rig.Remapper, rig.Machine.Cpus[1]);
        ulong pfn = rig.Pages[0].HeadPfn + StructPagesOfAPage;
        Assert.Equal(PfnLookup.Found, walker.FindHead(pfn, out ulong head));
        Assert.Equal(pfn, head);
    }

    [Fact]
    public void RestoreWithReset_LeavesNone()
    {
        OptimizerRig<X64, ReserveOne> product = Restore<ReserveOne>();
        Assert.Equal(0, product.Pages.Sum(page => CountStaleHeads(product, page)));
        product.Check();
        OptimizerRig<X64, ReserveOneKeptHead> old = Restore<ReserveOneKeptHead>();
        Assert.Equal(0, old.Pages.Sum(page => CountStaleHeads(old, page)));
        old.Check();
        OptimizerRig<X64, ReserveOneWith<NoMistake>> right = Restore<ReserveOneWith<NoMistake>>();
        Assert.Equal(0, right.Pages.Sum(page => CountStaleHeads(right, page)));
        right.Check();
    }

    private static OptimizerRig<X64, TLayout> Restore<TLayout>()
        where TLayout : struct, IVmemmapLayout
    {
        OptimizerRig<X64, TLayout> rig = BrokenRig.Make<X64, TLayout>();
        for (int i = 0; i < Restored; i++)
        {
            HugePage<X64, TLayout> page = rig.Take();
            Assert.True(rig.TryOptimize(page));
        }

        Assert.Equal(Restored, rig.RestoreBatch(rig.Pages));
        return rig;
    }

    private static int CountStaleHeads<TLayout>(OptimizerRig<X64, TLayout> rig, HugePage<X64, TLayout> page)
        where TLayout : struct, IVmemmapLayout
    {
        int stale = 0;
        for (ulong i = 1; i < 512; i++)
        {
            StructPage seen = rig.Machine.Cpus[1].ReadStructPage(page.HeadPfn + i);
            if (seen.IsHead && seen.IsHugeTlb)
            {
                Assert.Equal(0UL, i % StructPagesOfAPage);
                stale++;
            }
        }

        return stale;
    }
}
