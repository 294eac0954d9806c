using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Optimizer;

/// <summary>What optimizing and restoring leaves of the bytes of struct pages.</summary>
public class RestoreTests
{
    [Theory]
    [ClassData(typeof(EveryLayout))]
    public void AfterARestore_EveryByteIsAsItWas(string layout) => OnArchitecture.Run("x86-64", layout, new BytesCase("2M"));

    [Theory]
    [ClassData(typeof(EveryLayout))]
    public void AfterARestoreOf1G_EveryByteIsAsItWas(string layout) => OnArchitecture.Run("x86-64", layout, new BytesCase("1G"));

    // What was written to the struct pages that stay writable is still there, and is in no other struct page.
    [Theory]
    [ClassData(typeof(EveryLayout))]
    public void WordsOfTheFolio_SurviveAndDoNotSpread(string layout) => OnArchitecture.Run("x86-64", layout, new WordsCase());

    // Restoring may not need the memory of one node: v6.x and v7.1 take any, earlier ones this node's only.
    [Theory]
    [InlineData("reserve-two-posted", false)]
    [InlineData("reserve-two", false)]
    [InlineData("reserve-one-kept-head", false)]
    [InlineData("reserve-one", true)]
    [InlineData("shared-tail", true)]
    public void ANodeWithoutMemory_IsHelpedByAnother(string layout, bool helped) => OnArchitecture.Run("x86-64", layout, new NodesCase(helped));

    // Struct pages of 128 bytes: twice the pages, and as many kept (64K of struct pages are 16 pages for 2M).
    [Theory]
    [InlineData("reserve-two-posted", 14)]
    [InlineData("reserve-two", 14)]
    [InlineData("reserve-one-kept-head", 15)]
    [InlineData("reserve-one", 15)]
    [InlineData("shared-tail", 15)]
    public void StructPagesOf128Bytes(string layout, long freed) => OnArchitecture.Run("x86-64", layout, new LargeStructPageCase(freed));

    private sealed class LargeStructPageCase(long freed) : IMachineTest
    {
        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            OptimizerRig<TArch, TLayout> rig = new(MachineOptions.OfSize(1UL << 28) with
            {
                StructPageSize = 128,
                VmemmapMapping = TLayout.NeedsBasePages ? VmemmapMapping.BasePages : VmemmapMapping.Default,
            });
            rig.Take(OptimizerRig<TArch, TLayout>.HstateOf("2M"), 2, node: 0);
            rig.Check();
            long vmemmap = rig.Machine.Books[FrameUse.Vmemmap];
            rig.Warm();
            Assert.True(rig.TryOptimize(rig.Pages[0]));
            rig.OptimizeBatch([rig.Pages[1]]);
            rig.Check();
            Assert.Equal(2 * freed, vmemmap - rig.Machine.Books[FrameUse.Vmemmap]);
            rig.Warm();
            Assert.True(rig.TryRestore(rig.Pages[0]));
            Assert.Equal(2, rig.RestoreBatch(rig.Pages));
            rig.Check();
            Assert.Equal(vmemmap, rig.Machine.Books[FrameUse.Vmemmap]);
        }
    }

    private sealed class BytesCase(string size) : IMachineTest
    {
        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            Hstate hstate = OptimizerRig<TArch, TLayout>.HstateOf(size);
            OptimizerRig<TArch, TLayout> rig = OptimizerRig<TArch, TLayout>.OfSize(OptimizerRig<TArch, TLayout>.RoomFor(hstate));
            HugePage<TArch, TLayout> page = rig.Take(hstate);

            // A folio whose first tails hold nothing of their own but order and counts: then every algorithm gives all bytes back.
            byte[] before = rig.BytesOf(page);
            for (int i = 0; i < 2; i++)
            {
                Assert.True(rig.TryOptimize(page));
                Assert.True(rig.TryRestore(page));
                Assert.Equal(before, rig.BytesOf(page));
                rig.OptimizeBatch([page]);
                Assert.Equal(1, rig.RestoreBatch([page]));
                Assert.Equal(before, rig.BytesOf(page));
            }

            rig.Check();
        }
    }

    private sealed class WordsCase : IMachineTest
    {
        private const ulong Marker = 0x0123_4567_89ab_cdef;

        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            OptimizerRig<TArch, TLayout> rig = OptimizerRig<TArch, TLayout>.OfSize(1UL << 28);
            HugePage<TArch, TLayout> page = rig.Take(OptimizerRig<TArch, TLayout>.HstateOf("2M"));
            Assert.True(rig.TryOptimize(page));

            // _hugetlb_subpool of the third tail, and the temporary flag of the head.
            page.Writable[3].HugeTlbSubpool = Marker;
            page.Writable[0].HugeTlbFlags |= HugeTlbFlags.Temporary;
            Assert.True(rig.TryRestore(page));

            Assert.Equal(Marker, page[3].HugeTlbSubpool);
            Assert.Equal(HugeTlbFlags.Temporary, page[0].HugeTlbFlags);
            for (long i = 1; i < page.Count; i++)
            {
                Assert.True(i == 3 || page[i].HugeTlbSubpool != Marker, $"the subpool is in tail {i}");
                Assert.False(page[i].IsHead, $"tail {i} is a head");
                Assert.False(page[i].IsHugeTlb, $"tail {i} is marked as a huge page");
                Assert.Equal(0UL, page[i].Private);
            }

            rig.Check();
        }
    }

    private sealed class NodesCase(bool helped) : IMachineTest
    {
        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            OptimizerRig<TArch, TLayout> rig = new(MachineOptions.OfSize(1UL << 29, nodes: 2) with
            {
                VmemmapMapping = TLayout.NeedsBasePages ? VmemmapMapping.BasePages : VmemmapMapping.Default,
            });
            HugePage<TArch, TLayout> page = rig.Take(OptimizerRig<TArch, TLayout>.HstateOf("2M"), node: 0);
            Assert.True(rig.TryOptimize(page));
            List<Checking.KnownFrames> taken = [];
            while (rig.Machine.PageAllocator.TryAllocate(rig.Cpu, 0, 0, AllocationPurpose.Other, thisNode: true, out ulong pfn))
            {
                taken.Add(new(pfn, 1, FrameUse.Other));
            }

            Assert.Equal(helped, rig.TryRestore(page));

            rig.Checker.Check(rig.Pages, taken);
            Assert.Equal(helped, !page.IsOptimized);
        }
    }
}
