using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Optimizer;

namespace Vmemmap.Tests.Simulation.Broken;

/// <summary>A write to a tail struct page of an optimized huge page.</summary>
public class TailWriteTests
{
    // Struct page 3 of the second page of vmemmap, and its word of private.
    private const ulong Tail = 64 + 3;
    private const ulong PrivateOffset = 40;
    private const ulong Mark = 0x5ca1ab1e;

    [Fact]
    public void WhereReadOnlyMappingsExist_ItIsAnOops()
    {
        Expect.Only(Write<X64, ReserveOne>(out ulong[] seen, optimize: true), ViolationKind.WriteToReadOnly, count: 1);
        Assert.DoesNotContain(Mark, seen);
        Expect.Only(Write<Arm64K4Va48, ReserveOne>(out seen, optimize: true), ViolationKind.WriteToReadOnly, count: 1);
        Assert.DoesNotContain(Mark, seen);
        Expect.Only(Write<X64, SharedTail>(out seen, optimize: true), ViolationKind.WriteToReadOnly, count: 1);
        Assert.DoesNotContain(Mark, seen);
    }

    [Fact]
    public void WhereTheyDoNot_EveryOtherTailIsCorrupted()
    {
        Expect.Only(Write<RiscV64Sv48, ReserveOne>(out ulong[] seen, optimize: true), ViolationKind.WriteThroughAlias, count: 1);
        Assert.All(seen, word => Assert.Equal(Mark, word));
        Expect.Only(Write<RiscV64Sv48, SharedTail>(out seen, optimize: true), ViolationKind.WriteThroughAlias, count: 1);

        // The head's page is not one of those that share.
        Assert.NotEqual(Mark, seen[0]);
        Assert.All(seen[1..], word => Assert.Equal(Mark, word));
    }

    [Fact]
    public void WhileItIsWhole_TheWriteIsThatTailsAlone()
    {
        foreach (Func<ulong[]> write in new[] { Whole<X64, ReserveOne>, Whole<RiscV64Sv48, ReserveOne>, Whole<Arm64K4Va48, SharedTail> })
        {
            ulong[] seen = write();
            Assert.Equal(Mark, seen[1]);
            Assert.Equal(1, seen.Count(word => word == Mark));
        }
    }

    private static ulong[] Whole<TArch, TLayout>()
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        Expect.None(Write<TArch, TLayout>(out ulong[] seen, optimize: false));
        return seen;
    }

    // Each of the eight pages of vmemmap has a struct page at the same place.
    private static Machine<TArch> Write<TArch, TLayout>(out ulong[] seen, bool optimize)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        OptimizerRig<TArch, TLayout> rig = BrokenRig.Make<TArch, TLayout>();
        HugePage<TArch, TLayout> page = rig.Take();
        Assert.Equal(optimize, optimize && rig.TryOptimize(page));
        VmemmapRegion region = rig.Machine.Vmemmap;
        bool written = rig.Cpu.WriteWord(region.AddressOf(page.HeadPfn + Tail) + PrivateOffset, Mark);
        seen = new ulong[8];
        for (ulong i = 0; i < 8; i++)
        {
            seen[i] = rig.Machine.Cpus[1].ReadWord(region.AddressOf(page.HeadPfn + (i * 64) + 3) + PrivateOffset);
        }

        Assert.Equal(seen.Contains(Mark), written);
        return rig.Machine;
    }
}
