using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Tests.Simulation.Optimizer;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>What counts as a mapping, and what is done when it cannot be counted.</summary>
public class CountingTests
{
    private const ulong FourK = 4096;
    private const ulong TwoM = 2UL << 20;

    [Theory]
    [InlineData("x86-64", "1G", true)]
    [InlineData("x86-64", "2M", true)]
    [InlineData("arm64-4k-va48", "1G", true)]
    [InlineData("arm64-4k-va39", "1G", true)]
    [InlineData("arm64-4k-va48", "32M", true)]
    [InlineData("arm64-4k-va48", "64K", false)]
    [InlineData("arm64-16k-va48", "1G", true)]
    [InlineData("arm64-16k-va48", "2M", false)]
    [InlineData("arm64-64k-va48", "512M", true)]
    [InlineData("riscv64-sv48", "64K", false)]
    public void ByHugePage_TheFirstPieceCounts_AndNoOther(string architecture, string size, bool leavesTable) =>
        OnArchitecture.Run(architecture, "reserve-one", new HugePageCase(size, leavesTable));

    [Fact]
    public void BySubPage_EachPieceCountsInItsBasePages()
    {
        var rig = new GranularRig<Arm64K4Va48, ReserveOne>("2M", rule: MapCountRule.SubPage);
        HugePage<Arm64K4Va48, ReserveOne> page = rig.Fill();
        HugetlbMapping<Arm64K4Va48, ReserveOne> first = rig.MapGranular();
        HugetlbMapping<Arm64K4Va48, ReserveOne> second = rig.MapGranular();
        second.Touch(rig.Cpu, rig.Start, write: true, out _);
        Assert.Equal(((2, 1, 1), 0), (rig.CountsOf(page), rig.SubPageCountOf(page, 0)));
        first.Continue(rig.Cpu, rig.Start, 65536 + FourK);
        Assert.Equal((4, 1, 18), rig.CountsOf(page));
        Assert.Equal((int[])[1, 1, 1, 0], ((long[])[0, 15, 16, 17]).Select(index => rig.SubPageCountOf(page, index)));
        second.SplitTo(rig.Cpu, rig.Start, FourK, SplitMode.Present, out _);

        // 31 x 64K + 16 x 4K instead of one leaf.
        Assert.Equal(((50, 0, 529), 2, 1), (rig.CountsOf(page), rig.SubPageCountOf(page, 0), rig.SubPageCountOf(page, 511)));
        rig.Check(first, second);
        second.AdviseCollapse(rig.Cpu, rig.Start, TwoM);
        Assert.Equal(((4, 1, 18), 1), (rig.CountsOf(page), rig.SubPageCountOf(page, 0)));
        rig.Check(first, second);
        rig.End(first, second);
    }

    [Fact]
    public void BySubPage_WhatIsOptimizedIsRefused_WithTheReason()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M", rule: MapCountRule.SubPage, optimize: true);
        HugetlbMapping<X64, ReserveOne> mapping = rig.MapGranular();
        Assert.True(rig.Fill().IsOptimized);
        MappingResult[] refused =
        [
            mapping.Continue(rig.Cpu, rig.Start, FourK),
            mapping.SplitTo(rig.Cpu, rig.Start, FourK, SplitMode.None, out _),
            mapping.SplitTo(rig.Cpu, rig.Start, FourK, SplitMode.Always, out _),
        ];
        foreach (MappingResult result in refused)
        {
            Assert.Equal(MappingError.Invalid, result.Error);
            Assert.StartsWith($"The vmemmap of the huge page at PFN 0x{rig.File.PageAt(0)!.HeadPfn:x} is optimized: ", result.Reason, StringComparison.Ordinal);
        }

        // As a whole it can be mapped, and not be split.
        Assert.True(mapping.Continue(rig.Cpu, rig.Start, TwoM).IsDone);
        Assert.Equal(MappingError.Invalid, mapping.SplitTo(rig.Cpu, rig.Start, FourK, SplitMode.Present, out _).Error);
        Assert.Equal(MappingError.Invalid, mapping.Unmap(rig.Cpu, rig.Start, FourK).Error);
        Assert.Equal((2, 1, 1), rig.CountsOf(rig.File.PageAt(0)!));
        rig.Check(mapping);

        // A memory error takes the whole of it.
        Assert.Equal(TwoM, rig.File.MemoryFailure(rig.Cpu, rig.File.PageAt(0)!.HeadPfn + 100).Lost[mapping]);
        Assert.Equal(new FaultResult(FaultKind.HwPoison, rig.Start, 21), mapping.Touch(rig.Cpu, rig.Start, write: false, out _));
        mapping.Unmap(rig.Cpu, rig.Start, TwoM);
        Assert.Equal(new FaultResult(FaultKind.HwPoison, rig.Start, 21), mapping.Touch(rig.Cpu, rig.Start, write: false, out _));
        rig.Check(mapping);
    }

    [Theory]
    [InlineData(MapCountRule.HugePage)]
    [InlineData(MapCountRule.SubPage)]
    public void ReferencesThatCannotBeCounted_AreRefused(MapCountRule rule)
    {
        var rig = new GranularRig<X64, ReserveOne>("2M", rule: rule);
        HugetlbMapping<X64, ReserveOne> first = rig.MapGranular();
        HugetlbMapping<X64, ReserveOne> second = rig.MapGranular();
        HugePage<X64, ReserveOne> page = rig.Fill();
        second.Touch(rig.Cpu, rig.Start, write: false, out _);
        ulong word = rig.StructWord(page.HeadPfn, 48);
        rig.WriteStructWord(page.HeadPfn, 48, (uint)word | ((ulong)int.MaxValue << 32));
        Assert.Equal(MappingError.NoMemory, first.Continue(rig.Cpu, rig.Start, FourK).Error);
        Assert.Equal(MappingError.NoMemory, first.Continue(rig.Cpu, rig.Start, TwoM).Error);
        Assert.Equal(FaultKind.NoMemory, first.Touch(rig.Cpu, rig.Start, write: false, out _).Kind);
        Assert.Equal("1 x 2M", rig.PiecesOf(second.Space));
        MappingResult split = second.SplitTo(rig.Cpu, rig.Start, FourK, SplitMode.Present, out _);
        Assert.Equal(rule == MapCountRule.SubPage ? MappingError.NoMemory : MappingError.None, split.Error);
        Assert.Equal(rule == MapCountRule.SubPage ? "1 x 2M" : "512 x 4K", rig.PiecesOf(second.Space));
        Assert.Equal(int.MaxValue, rig.CountsOf(page).References);
        rig.WriteStructWord(page.HeadPfn, 48, word);
        rig.Check(first, second);
        rig.End(first, second);
    }

    [Fact]
    public void BySubPage_ACollapseThatCannotBeCounted_IsRefused()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M", rule: MapCountRule.SubPage);
        HugetlbMapping<X64, ReserveOne> mapping = rig.MapGranular();
        HugePage<X64, ReserveOne> page = rig.Fill();
        mapping.Continue(rig.Cpu, rig.Start, FourK);
        ulong word = rig.StructWord(page.HeadPfn, 48);
        rig.WriteStructWord(page.HeadPfn, 48, (uint)word | ((ulong)int.MaxValue << 32));
        Assert.Equal((MappingError.NoMemory, 0UL), (mapping.AdviseCollapse(rig.Cpu, rig.Start, TwoM).Error, 0UL));
        Assert.Equal("1 x 4K", rig.PiecesOf(mapping.Space));
        rig.WriteStructWord(page.HeadPfn, 48, word);
        Assert.True(mapping.AdviseCollapse(rig.Cpu, rig.Start, TwoM).IsDone);
        rig.Check(mapping);
        rig.End(mapping);
    }

    private sealed record HugePageCase(string Size, bool LeavesTable) : IMachineTest
    {
        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            var rig = new GranularRig<TArch, TLayout>(Size, optimize: true);
            HugetlbMapping<TArch, TLayout> first = rig.MapGranular();
            HugetlbMapping<TArch, TLayout> second = rig.MapGranular();
            HugePage<TArch, TLayout> page = rig.Fill();
            ulong last = rig.Start + rig.Hstate.Size - rig.BasePage;
            Assert.Equal((1, 0, 0), rig.CountsOf(page));
            foreach (ulong address in (ulong[])[rig.Start + rig.BasePage, last, rig.Start])
            {
                Assert.True(first.Continue(rig.Cpu, address, rig.BasePage).IsDone);
                Assert.Equal((2, 1, 1), rig.CountsOf(page));
            }

            second.Touch(rig.Cpu, last, write: true, out _);
            Assert.Equal((3, 2, 2), rig.CountsOf(page));
            second.SplitTo(rig.Cpu, last, rig.BasePage, SplitMode.Always, out _);
            first.AdviseCollapse(rig.Cpu, rig.Start, rig.Hstate.Size);
            Assert.Equal((3, 2, 2), rig.CountsOf(page));
            rig.Check(first, second);

            // A table without entries still counts; a group without entries is none.
            first.SplitTo(rig.Cpu, last, rig.BasePage, SplitMode.Always, out _);
            first.Unmap(rig.Cpu, rig.Start, rig.Hstate.Size);
            second.Unmap(rig.Cpu, rig.Start, rig.Hstate.Size);
            Assert.Equal((0L, 0L), (first.Space.HugetlbPages, second.Space.HugetlbPages));
            Assert.Equal(LeavesTable ? (3, 2, 2) : (1, 0, 0), rig.CountsOf(page));
            rig.Check(first, second);
            first.Remove(rig.Cpu);
            Assert.Equal(LeavesTable ? (2, 1, 1) : (1, 0, 0), rig.CountsOf(page));
            rig.Check(second);
            rig.End(second);
        }
    }
}
