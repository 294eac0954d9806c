using Vmemmap.HugeTlb;
using Vmemmap.Tests.Simulation.Optimizer;
using Xunit.Sdk;

namespace Vmemmap.Tests.Simulation.Broken;

/// <summary>HPG_vmemmap_optimized that is written when the head was copied already: through an old translation it goes to the old frame.</summary>
public class FlagTests
{
    // 6.12 include/linux/hugetlb.h: bit 4 of the head's private.
    private const ulong Flag = 0x10;
    private const ulong PrivateOffset = 40;

    [Fact]
    public void FlagAfterTheCopy_IsLost()
    {
        OptimizerRig<X64, ReserveOneWith<FlagAfterCopy>> rig = OptimizeThree<ReserveOneWith<FlagAfterCopy>>();
        Assert.Equal(0, CountFlags(rig));
        FailException found = Assert.Throws<FailException>(() => rig.Checker.Check(rig.Pages));
        Assert.Contains("tables optimized, HPG_vmemmap_optimized False", found.Message, StringComparison.Ordinal);
        Expect.None(rig.Machine);
    }

    [Fact]
    public void FlagBeforeTheCopy_IsInTheCopy()
    {
        OptimizerRig<X64, ReserveOne> product = OptimizeThree<ReserveOne>();
        Assert.Equal(3, CountFlags(product));
        product.Check();
        OptimizerRig<X64, ReserveOneWith<NoMistake>> right = OptimizeThree<ReserveOneWith<NoMistake>>();
        Assert.Equal(3, CountFlags(right));
        right.Check();
    }

    private static OptimizerRig<X64, TLayout> OptimizeThree<TLayout>()
        where TLayout : struct, IVmemmapLayout
    {
        OptimizerRig<X64, TLayout> rig = BrokenRig.Make<X64, TLayout>();
        for (int i = 0; i < 3; i++)
        {
            rig.Take();
        }

        rig.OptimizeBatch(rig.Pages);
        return rig;
    }

    private static int CountFlags<TLayout>(OptimizerRig<X64, TLayout> rig)
        where TLayout : struct, IVmemmapLayout =>
        rig.Pages.Count(page => (rig.Machine.Cpus[1].ReadWord(rig.Machine.Vmemmap.AddressOf(page.HeadPfn) + PrivateOffset) & Flag) != 0);
}
