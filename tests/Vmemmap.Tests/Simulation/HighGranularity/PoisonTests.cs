using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Optimizer;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>Memory errors: where they are put, what they take, and what a collapse gets back.</summary>
public class PoisonTests
{
    private const ulong FourK = 4096;
    private const ulong TwoM = 2UL << 20;

    [Fact]
    public void WithAPrivateMappingBefore_ASharedOneLosesTheRightPage()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M", pages: 2, filePages: 1);
        HugetlbMapping<X64, ReserveOne> own = rig.Map(options: new HugetlbMappingOptions { Start = rig.Start, Pages = 1, IsShared = false });
        HugetlbMapping<X64, ReserveOne> shared = rig.MapGranular();
        own.Touch(rig.Cpu, rig.Start, write: true, out _);
        shared.Touch(rig.Cpu, rig.Start, write: true, out _);
        HugetlbMemoryFailure<X64, ReserveOne> failure = rig.File.MemoryFailure(rig.Cpu, rig.File.PageAt(0)!.HeadPfn + 100);
        Assert.Equal(FourK, Assert.Single(failure.Lost, lost => lost.Key == shared).Value);
        Assert.DoesNotContain(own, failure.Lost.Keys);
        Assert.Equal(FaultKind.HwPoison, shared.Touch(rig.Cpu, rig.Start + (100 * FourK), write: false, out _).Kind);
        Assert.Equal(FaultKind.Mapped, shared.Touch(rig.Cpu, rig.Start, write: false, out ulong physical).Kind);
        Assert.Equal(rig.File.PageAt(0)!.HeadPfn * FourK, physical);
    }

    [Fact]
    public void WhatIsLostAlready_IsNotLostAgain()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M");
        HugetlbMapping<X64, ReserveOne> whole = rig.Map();
        HugetlbMapping<X64, ReserveOne> untouched = rig.Map();
        HugetlbMapping<X64, ReserveOne> granular = rig.MapGranular();
        whole.Touch(rig.Cpu, rig.Start, write: true, out _);
        granular.Touch(rig.Cpu, rig.Start, write: true, out _);
        ulong head = rig.File.PageAt(0)!.HeadPfn;
        foreach ((ulong bad, ulong lost) in ((ulong, ulong)[])[(5, TwoM), (6, 0)])
        {
            HugetlbMemoryFailure<X64, ReserveOne> failure = rig.File.MemoryFailure(rig.Cpu, head + bad);
            Assert.Equal((lost, lost, FourK), (failure.Lost[whole], failure.Lost[untouched], failure.Lost[granular]));
        }

        rig.Check(whole, untouched, granular);
    }

    [Theory]
    [InlineData("x86-64", "1G", MapCountRule.HugePage, "511 x 2M + 511 x 4K")]
    [InlineData("x86-64", "2M", MapCountRule.SubPage, "511 x 4K")]
    [InlineData("arm64-4k-va48", "32M", MapCountRule.HugePage, "15 x 2M + 31 x 64K + 15 x 4K")]
    [InlineData("arm64-4k-va48", "32M", MapCountRule.SubPage, "15 x 2M + 31 x 64K + 15 x 4K")]
    [InlineData("arm64-4k-va48", "64K", MapCountRule.HugePage, "15 x 4K")]
    [InlineData("arm64-64k-va48", "512M", MapCountRule.HugePage, "255 x 2M + 31 x 64K")]
    [InlineData("riscv64-sv48", "2M", MapCountRule.HugePage, "31 x 64K + 15 x 4K")]
    public void WhatAnErrorTookBeyondItsBasePage_ACollapseGetsBack(string architecture, string size, MapCountRule rule, string pieces) =>
        OnArchitecture.Run(architecture, "reserve-one", new WholeCase(size, pieces, rule));

    [Fact]
    public void APageThatCannotBeMappedInPieces_StaysLost_AndTheCollapseSaysSo()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M", rule: MapCountRule.SubPage, optimize: true);
        HugetlbMapping<X64, ReserveOne> mapping = rig.MapGranular();
        mapping.Touch(rig.Cpu, rig.Start, write: true, out _);
        ulong head = rig.File.PageAt(0)!.HeadPfn;
        Assert.Equal((TwoM, 0UL), (rig.File.MemoryFailure(rig.Cpu, head + 5).Lost[mapping], rig.File.MemoryFailure(rig.Cpu, head + 6).Lost[mapping]));
        foreach (ulong length in (ulong[])[TwoM, FourK])
        {
            MappingResult result = mapping.AdviseCollapse(rig.Cpu, rig.Start, length);
            Assert.Equal((MappingError.HwPoison, length), (result.Error, result.Bytes));
            Assert.Contains("all of a page that cannot be mapped in pieces", result.Reason, StringComparison.Ordinal);
        }

        Assert.Equal(MappingError.Invalid, mapping.Unmap(rig.Cpu, rig.Start, FourK).Error);
        Assert.Equal((string.Empty, (1, 0, 0)), (rig.PiecesOf(mapping.Space), rig.CountsOf(rig.File.PageAt(0)!)));
        rig.Check(mapping);
    }

    [Fact]
    public void InAGroup_TheErrorOfAPieceCounts_UntilItIsCleared()
    {
        // As a huge page of 2M with one bad 4K does, whose table counts.
        var rig = new GranularRig<Arm64K4Va48, ReserveOne>("64K");
        HugetlbMapping<Arm64K4Va48, ReserveOne> mapping = rig.MapGranular();
        mapping.Touch(rig.Cpu, rig.Start, write: true, out _);
        HugePage<Arm64K4Va48, ReserveOne> page = rig.File.PageAt(0)!;
        rig.File.MemoryFailure(rig.Cpu, page.HeadPfn + 5);
        Assert.Equal(("15 x 4K", (2, 1, 1)), (rig.PiecesOf(mapping.Space), rig.CountsOf(page)));
        Assert.True(mapping.Unmap(rig.Cpu, rig.Start, 5 * FourK).IsDone);
        Assert.True(mapping.Unmap(rig.Cpu, rig.Start + (6 * FourK), 10 * FourK).IsDone);
        Assert.Equal((string.Empty, (2, 1, 1)), (rig.PiecesOf(mapping.Space), rig.CountsOf(page)));
        Assert.True(mapping.Continue(rig.Cpu, rig.Start, FourK).IsDone);
        Assert.Equal((2, 1, 1), rig.CountsOf(page));
        Assert.True(mapping.Unmap(rig.Cpu, rig.Start, FourK).IsDone);
        Assert.True(mapping.Unmap(rig.Cpu, rig.Start + (5 * FourK), FourK).IsDone);
        Assert.Equal((1, 0, 0), rig.CountsOf(page));
        rig.Check(mapping);
    }

    private sealed record WholeCase(string Size, string Pieces, MapCountRule Rule) : IMachineTest
    {
        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            var rig = new GranularRig<TArch, TLayout>(Size, rule: Rule);
            HugetlbMapping<TArch, TLayout> mapping = rig.Map();
            mapping.Touch(rig.Cpu, rig.Start, write: true, out _);
            HugePage<TArch, TLayout> page = rig.File.PageAt(0)!;
            ulong bad = (ulong)page.Count / 16 * 11;
            Assert.Equal(rig.Hstate.Size, rig.File.MemoryFailure(rig.Cpu, page.HeadPfn + bad).Lost[mapping]);
            Assert.Equal((string.Empty, (1, 0, 0)), (rig.PiecesOf(mapping.Space), rig.CountsOf(page)));
            Assert.True(mapping.AdviseSplit(rig.Cpu).IsDone);
            rig.Check(mapping);

            // Without a frame for a table it stops there, and what is lost can still be had. A group of base pages needs none.
            bool needsTable = rig.Hstate.Level < TArch.LevelCount - 1;
            rig.FailPageTableAt(0);
            MappingResult result = mapping.AdviseCollapse(rig.Cpu, rig.Start, rig.Hstate.Size);
            Assert.Equal(needsTable ? MappingError.NoMemory : MappingError.HwPoison, result.Error);
            rig.FailNothing();
            rig.Check(mapping);
            result = mapping.AdviseCollapse(rig.Cpu, rig.Start, rig.Hstate.Size);
            Assert.Equal((MappingError.HwPoison, rig.Hstate.Size), (result.Error, result.Bytes));
            Assert.Equal((Pieces, page.Count - 1), (rig.PiecesOf(mapping.Space), mapping.Space.HugetlbPages));
            Assert.Equal(FaultKind.HwPoison, mapping.Touch(rig.Cpu, rig.Start + (bad * rig.BasePage), write: false, out _).Kind);
            Assert.Equal(FaultKind.Mapped, mapping.Touch(rig.Cpu, rig.Start + ((bad + 1) * rig.BasePage), write: true, out ulong physical).Kind);
            Assert.Equal((page.HeadPfn + bad + 1) << TArch.PageShift, physical);
            rig.Check(mapping);
            mapping.Remove(rig.Cpu);
            Assert.Equal((1, 0, 0), rig.CountsOf(page));
            rig.Check();
        }
    }
}
