using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Optimizer;

/// <summary>The views of a huge page's struct pages.</summary>
public class HugePageTests
{
    private const ulong Marker = 0xfeed_face_cafe_beef;

    // v5.18 on keeps one page of 64 struct pages, before that two.
    [Theory]
    [InlineData("reserve-two-posted", 128)]
    [InlineData("reserve-two", 128)]
    [InlineData("reserve-one-kept-head", 64)]
    [InlineData("reserve-one", 64)]
    [InlineData("shared-tail", 64)]
    public void Writable_HasExactlyWhatIsKept(string layout, long writable) => OnArchitecture.Run("x86-64", layout, new WritableCase(writable));

    [Theory]
    [ClassData(typeof(EveryLayout))]
    public void RestoredScope_HasAllAndOptimizesAgain(string layout) => OnArchitecture.Run("x86-64", layout, new ScopeCase());

    [Theory]
    [ClassData(typeof(EveryLayout))]
    public void Restore_WithoutMemoryThrows(string layout) => OnArchitecture.Run("x86-64", layout, new NoMemoryCase());

    [Fact]
    public void ASizeOfLessThanAPage_IsWritableAll()
    {
        OptimizerRig<Arm64K4Va48, ReserveOne> rig = OptimizerRig<Arm64K4Va48, ReserveOne>.OfSize(1UL << 28);
        HugePage<Arm64K4Va48, ReserveOne> page = rig.Take(OptimizerRig<Arm64K4Va48, ReserveOne>.HstateOf("64K"));
        Assert.Equal(16, page.Writable.Count);
        Assert.Equal(1, page.Writable.PageCount);
        Assert.Equal(16, page.Writable.Page(0).Length);
        page.Writable.Page(0)[15].Index = Marker;
        Assert.Equal(Marker, page[15].Index);
    }

    private sealed class WritableCase(long writable) : IMachineTest
    {
        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            OptimizerRig<TArch, TLayout> rig = OptimizerRig<TArch, TLayout>.OfSize(1UL << 28);
            HugePage<TArch, TLayout> page = rig.Take(OptimizerRig<TArch, TLayout>.HstateOf("2M"));
            Assert.Equal(512, page.Count);
            Assert.Equal(512, page.Writable.Count);
            Assert.Equal(8, page.Writable.PageCount);
            Assert.Equal(64, page.Writable.Page(7).Length);

            Assert.True(rig.TryOptimize(page));
            Assert.Equal(512, page.Count);
            Assert.Equal(writable, page.Writable.Count);
            Assert.Equal(writable / 64, page.Writable.PageCount);
            Assert.Equal(64, page.Writable.Page((writable / 64) - 1).Length);
            Assert.Throws<ArgumentOutOfRangeException>(() => page.Writable[writable].Index);
            Assert.Throws<ArgumentOutOfRangeException>(() => page.Writable[-1].Index);
            Assert.Throws<ArgumentOutOfRangeException>(() => page.Writable.Page(writable / 64).Length);
            Assert.Throws<ArgumentOutOfRangeException>(() => page[512].Index);
            Assert.Throws<ArgumentOutOfRangeException>(() => page.Unchecked(-1).Index);

            // What is written through the span is what the indexers and a CPU read.
            page.Writable.Page(0)[5].Index = Marker;
            Assert.Equal(Marker, page[5].Index);
            Assert.Equal(Marker, page.Writable[5].Index);
            Assert.Equal(Marker, rig.Cpu.ReadStructPage(page.HeadPfn + 5).Index);

            // A write to one alias is seen in all of them: index 5 of the sixth page and of the eighth.
#pragma warning disable VMM1002 // What the rule warns of is what is shown here.
            page.Unchecked((5 * 64) + 5).MemcgData = Marker;
#pragma warning restore VMM1002
            Assert.Equal(Marker, page[(7 * 64) + 5].MemcgData);
            Assert.Equal(TLayout.Layout == VmemmapLayout.ReserveOne ? Marker : 0, page[5].MemcgData);
            Assert.Equal(Marker, page[64 + 5].MemcgData);
        }
    }

    private sealed class ScopeCase : IMachineTest
    {
        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            OptimizerRig<TArch, TLayout> rig = OptimizerRig<TArch, TLayout>.OfSize(1UL << 28);
            HugePage<TArch, TLayout> page = rig.Take(OptimizerRig<TArch, TLayout>.HstateOf("2M"));
            using (RestoredScope<TArch, TLayout> untouched = page.Restore())
            {
                Assert.Equal(512, untouched.Count);
            }

            // It was not optimized before, and is not afterwards.
            Assert.False(page.IsOptimized);
            Assert.True(rig.TryOptimize(page));
            using (RestoredScope<TArch, TLayout> scope = page.Restore())
            {
                Assert.False(page.IsOptimized);
                rig.Check();
                scope[5 * 64].Index = Marker;
                Assert.Equal(Marker, page[5 * 64].Index);
                Assert.NotEqual(Marker, page[7 * 64].Index);
                scope[5 * 64].Index = 0;
                Assert.Equal(512, page.Writable.Count);
            }

            Assert.True(page.IsOptimized);
            rig.Check();
        }
    }

    private sealed class NoMemoryCase : IMachineTest
    {
        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            OptimizerRig<TArch, TLayout> rig = OptimizerRig<TArch, TLayout>.OfSize(1UL << 28);
            HugePage<TArch, TLayout> page = rig.Take(OptimizerRig<TArch, TLayout>.HstateOf("2M"));
            Assert.True(rig.TryOptimize(page));
            rig.Machine.PageAllocator.Fail = attempt => attempt.Purpose == AllocationPurpose.VmemmapRestore;

            Assert.False(page.TryRestore(out _));
            InsufficientMemoryException thrown = Assert.Throws<InsufficientMemoryException>(() => { page.Restore(); });

            Assert.Contains($"0x{page.HeadPfn:x}", thrown.Message, StringComparison.Ordinal);
            Assert.True(page.IsOptimized);
            rig.Check();
        }
    }
}
