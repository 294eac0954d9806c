using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Optimizer;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>MADV_COLLAPSE: what becomes larger, what stays, and what it refuses.</summary>
public class CollapsingTests
{
    private const ulong FourK = 4096;
    private const ulong TwoM = 2UL << 20;
    private const ulong OneG = 1UL << 30;

    [Fact]
    public void InPart_TheLargestPiecesThatFitAreMade_AndHolesAreFilled()
    {
        var rig = new GranularRig<X64, ReserveOne>("1G", optimize: true);
        HugetlbMapping<X64, ReserveOne> mapping = rig.MapGranular();
        rig.Fill();

        // One base page in each of the first three 2M, none in the fourth.
        foreach (ulong address in (ulong[])[rig.Start, rig.Start + TwoM + (7 * FourK), rig.Start + (2 * TwoM) + FourK])
        {
            Assert.True(mapping.Continue(rig.Cpu, address, FourK).IsDone);
        }

        Assert.Equal(("3 x 4K", 6L), (rig.PiecesOf(mapping.Space), mapping.Space.PageTables));

        // From the middle of the first to the end of the fourth: the first stays, as it is not covered.
        Assert.True(mapping.AdviseCollapse(rig.Cpu, rig.Start + (TwoM / 2), (7 * TwoM) / 2).IsDone);
        Assert.Equal(("2 x 2M + 1 x 4K", 4L, 1025L), (rig.PiecesOf(mapping.Space), mapping.Space.PageTables, mapping.Space.HugetlbPages));
        rig.Check(mapping);
        Assert.Equal((2, 1, 1), rig.CountsOf(rig.File.PageAt(0)!));
        Assert.True(mapping.AdviseCollapse(rig.Cpu, rig.Start, OneG).IsDone);
        Assert.Equal(("1 x 1G", 2L, 262144L), (rig.PiecesOf(mapping.Space), mapping.Space.PageTables, mapping.Space.HugetlbPages));
        Assert.Equal((2, 1, 1), rig.CountsOf(rig.File.PageAt(0)!));
        rig.Check(mapping);
        rig.End(mapping);
    }

    [Fact]
    public void WhatIsNotMapped_OrNotInTheFile_StaysSo()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M", pages: 2, filePages: 3);
        HugetlbMapping<X64, ReserveOne> mapping = rig.MapGranular();
        rig.Fill(0);
        rig.Fill(1);
        mapping.Continue(rig.Cpu, rig.Start, FourK);
        Assert.True(mapping.AdviseCollapse(rig.Cpu, rig.Start, 3 * TwoM).IsDone);
        Assert.Equal("1 x 2M", rig.PiecesOf(mapping.Space));
        Assert.Equal((1, 0, 0), rig.CountsOf(rig.File.PageAt(1)!));
        rig.Check(mapping);
        rig.End(mapping);
    }

    [Theory]
    [InlineData(21)]
    [InlineData(12)]
    public void WhatIsMigrating_IsBusy(int shift)
    {
        var rig = new GranularRig<X64, ReserveOne>("1G");
        HugetlbMapping<X64, ReserveOne> mapping = rig.MapGranular();
        ulong head = rig.Fill().HeadPfn;
        foreach (ulong address in (ulong[])[0, 5 * TwoM])
        {
            Assert.True(mapping.SplitTo(rig.Cpu, rig.Start + address, 1UL << shift, SplitMode.None, out _).IsDone);
        }

        mapping.Continue(rig.Cpu, rig.Start + FourK, FourK);

        rig.WriteEntries(mapping.Space, rig.Start + (5 * TwoM), shift, _ => NonPresentEntry.Make(NonPresentKind.Migration, shift, head + 2560));
        MappingResult result = mapping.AdviseCollapse(rig.Cpu, rig.Start, 8 * TwoM);
        Assert.Equal((MappingError.Busy, 5 * TwoM), (result.Error, result.Bytes));
        Assert.Equal((MappingError.Busy, 0UL), (mapping.AdviseCollapse(rig.Cpu, rig.Start, OneG).Error, 0UL));
        Assert.Equal(NonPresentKind.Migration, NonPresentEntry.KindOf<X64>(rig.Machine.Memory.ReadWord(
            rig.Tables.EntryOf(mapping.Space.Root, rig.Start + (5 * TwoM), rig.Tables.LevelOf(shift)))));
        Assert.StartsWith("1 x 2M", rig.PiecesOf(mapping.Space), StringComparison.Ordinal);
        rig.Check(mapping);
        rig.End(mapping);
    }

    [Fact]
    public void MarkersAreDropped()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M");
        HugetlbMapping<X64, ReserveOne> mapping = rig.MapGranular();
        rig.Fill();
        mapping.Continue(rig.Cpu, rig.Start, FourK);
        rig.WriteEntries(mapping.Space, rig.Start + FourK, 12, _ => NonPresentEntry.Make(NonPresentKind.Marker, 12, 0));
        Assert.True(mapping.AdviseCollapse(rig.Cpu, rig.Start, TwoM).IsDone);
        Assert.Equal("1 x 2M", rig.PiecesOf(mapping.Space));
        rig.Check(mapping);
        rig.End(mapping);
    }

    [Fact]
    public void AGroupWithNothingPresent_IsNotMapped_AndCountsForNothing()
    {
        // A huge page that is a group of 32 entries: markers in two of them map nothing.
        var rig = new GranularRig<Arm64K16Va48, ReserveOne>("1G");
        HugetlbMapping<Arm64K16Va48, ReserveOne> mapping = rig.MapGranular();
        rig.Fill();
        mapping.SplitTo(rig.Cpu, rig.Start, 32UL << 20, SplitMode.None, out _);
        rig.WriteEntries(mapping.Space, rig.Start, 25, _ => NonPresentEntry.Make(NonPresentKind.Marker, 25, 0));
        rig.WriteEntries(mapping.Space, rig.Start + (96UL << 20), 25, _ => NonPresentEntry.Make(NonPresentKind.Marker, 25, 0));
        Assert.True(mapping.AdviseCollapse(rig.Cpu, rig.Start, OneG).IsDone);
        Assert.Equal((string.Empty, (1, 0, 0)), (rig.PiecesOf(mapping.Space), rig.CountsOf(rig.File.PageAt(0)!)));
        rig.Check(mapping);
        rig.End(mapping);
    }

    [Theory]
    [InlineData("x86-64", "1G", "511 x 2M + 511 x 4K")]
    [InlineData("x86-64", "2M", "511 x 4K")]
    [InlineData("arm64-4k-va48", "1G", "31 x 32M + 15 x 2M + 31 x 64K + 15 x 4K")]
    [InlineData("arm64-16k-va48", "1G", "31 x 32M + 15 x 2M + 127 x 16K")]
    [InlineData("arm64-16k-va47", "2M", "127 x 16K")]
    [InlineData("arm64-64k-va48", "512M", "255 x 2M + 31 x 64K")]
    [InlineData("riscv64-sv48", "2M", "31 x 64K + 15 x 4K")]
    public void AroundAMemoryError_EverythingIsAsLargeAsItCanBe(string architecture, string size, string pieces) =>
        OnArchitecture.Run(architecture, "reserve-one", new PoisonCase(size, pieces));

    [Fact]
    public void WhatItCannotDo_ItSays()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M", pages: 2);
        HugetlbMapping<X64, ReserveOne> shared = rig.MapGranular();
        HugetlbMapping<X64, ReserveOne> own = rig.Map(options: new HugetlbMappingOptions { Start = rig.Start, Pages = 1, IsShared = false });
        HugetlbMapping<X64, ReserveOne> whole = rig.Map();
        rig.Fill();
        foreach (MappingResult result in (MappingResult[])
        [
            own.AdviseSplit(rig.Cpu),
            own.AdviseCollapse(rig.Cpu, rig.Start, TwoM),
            own.Continue(rig.Cpu, rig.Start, TwoM),
            own.SplitTo(rig.Cpu, rig.Start, FourK, SplitMode.None, out _),
        ])
        {
            Assert.Equal(MappingError.Invalid, result.Error);
            Assert.NotEmpty(result.Reason);
        }

        (ulong Start, ulong Length)[] bad =
        [
            (rig.Start + 1, FourK), (rig.Start, FourK + 8), (rig.Start, 0), (rig.Start - FourK, 2 * FourK),
            (rig.Start, (2 * TwoM) + FourK), (rig.Start + (2 * TwoM), FourK), (rig.Start, ulong.MaxValue << 12),
        ];
        foreach ((ulong start, ulong length) in bad)
        {
            Assert.Equal(MappingError.Invalid, shared.AdviseCollapse(rig.Cpu, start, length).Error);
            Assert.Equal(MappingError.Invalid, shared.Continue(rig.Cpu, start, length).Error);
            Assert.Equal(MappingError.Invalid, shared.Unmap(rig.Cpu, start, length).Error);
        }

        // Nothing to collapse where nothing is mapped in pieces.
        Assert.Equal(MappingResult.Done(TwoM), whole.AdviseCollapse(rig.Cpu, rig.Start, TwoM));
        Assert.True(shared.Continue(rig.Cpu, rig.Start, FourK).IsDone);
        Assert.Equal((MappingError.Exists, 0UL), Outcome(shared.Continue(rig.Cpu, rig.Start, TwoM)));
        Assert.Equal((MappingError.Fault, 0UL), Outcome(shared.Continue(rig.Cpu, rig.Start + TwoM, FourK)));
        Assert.Equal((MappingError.Fault, TwoM - FourK), Outcome(shared.Continue(rig.Cpu, rig.Start + FourK, TwoM)));
        rig.Check(shared, own, whole);
        rig.End(shared, own, whole);

        static (MappingError Error, ulong Bytes) Outcome(MappingResult result) => (result.Error, result.Bytes);
    }

    [Fact]
    public void WithTheLastPiece_ItIsDoneByItself_IfWanted()
    {
        var rig = new GranularRig<Arm64K4Va48, ReserveOne>("2M");
        HugetlbMapping<Arm64K4Va48, ReserveOne> mapping = rig.MapGranular();
        mapping.CollapsesAutomatically = true;
        rig.Fill();
        for (ulong page = 0; page < 512; page++)
        {
            // Backwards, for what fills from the start is looked at from the end.
            ulong address = rig.Start + ((511 - page) * FourK);
            Assert.True(mapping.Continue(rig.Cpu, address, FourK).IsDone);
            ulong groups = (page + 1) / 16;
            ulong single = (page + 1) % 16;
            string[] parts = [groups > 0 ? $"{groups} x 64K" : string.Empty, single > 0 ? $"{single} x 4K" : string.Empty];
            string pieces = page == 511 ? "1 x 2M" : string.Join(" + ", parts.Where(text => text.Length > 0));
            if (page % 5 == 0 || page > 490)
            {
                Assert.Equal(pieces, rig.PiecesOf(mapping.Space));
            }
        }

        rig.Check(mapping);
        rig.End(mapping);
    }

    private sealed record PoisonCase(string Size, string Pieces) : IMachineTest
    {
        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            var rig = new GranularRig<TArch, TLayout>(Size, optimize: true);
            HugetlbMapping<TArch, TLayout> mapping = rig.MapGranular();
            HugetlbMapping<TArch, TLayout> whole = rig.Map();
            mapping.Touch(rig.Cpu, rig.Start, write: true, out _);
            whole.Touch(rig.Machine.Cpus[1], rig.Start, write: true, out _);
            HugePage<TArch, TLayout> page = rig.File.PageAt(0)!;
            ulong bad = (ulong)page.Count / 16 * 11;
            HugetlbMemoryFailure<TArch, TLayout> failure = rig.File.MemoryFailure(rig.Cpu, page.HeadPfn + bad);
            Assert.Equal((rig.BasePage, rig.Hstate.Size), (failure.Lost[mapping], failure.Lost[whole]));
            Assert.Equal((Pieces, string.Empty), (rig.PiecesOf(mapping.Space), rig.PiecesOf(whole.Space)));
            Assert.Equal((page.Count - 1, 0L), (mapping.Space.HugetlbPages, whole.Space.HugetlbPages));
            rig.Check(mapping, whole);
            ulong address = rig.Start + (bad * rig.BasePage);
            Assert.Equal(new FaultResult(FaultKind.HwPoison, address + 8, TArch.PageShift), mapping.Touch(rig.Cpu, address + 8, write: false, out _));
            Assert.Equal(new FaultResult(FaultKind.HwPoison, rig.Start, rig.HugeShift), whole.Touch(rig.Cpu, rig.Start, write: false, out _));

            // Elsewhere in pieces, and back: as large as before, and not larger.
            Assert.True(mapping.SplitTo(rig.Cpu, rig.Start, rig.BasePage, SplitMode.Present, out _).IsDone);
            MappingResult result = mapping.AdviseCollapse(rig.Cpu, rig.Start, rig.Hstate.Size);
            Assert.Equal((MappingError.HwPoison, rig.Hstate.Size), (result.Error, result.Bytes));
            Assert.Equal(Pieces, rig.PiecesOf(mapping.Space));
            Assert.Equal((MappingError.InputOutput, 0UL), (mapping.Continue(rig.Cpu, address, rig.BasePage).Error, 0UL));
            rig.Check(mapping, whole);

            // Unmapped and faulted in again, piece by piece.
            Assert.True(mapping.Unmap(rig.Cpu, rig.Start, rig.Hstate.Size).IsDone);
            Assert.Equal(FaultKind.HwPoison, mapping.Touch(rig.Cpu, address, write: false, out _).Kind);
            Assert.Equal(FaultKind.Mapped, mapping.Touch(rig.Cpu, address + rig.BasePage, write: false, out ulong physical).Kind);
            Assert.Equal((page.HeadPfn + bad + 1) << TArch.PageShift, physical);
            rig.Check(mapping, whole);
            mapping.Remove(rig.Cpu);
            whole.Remove(rig.Cpu);
            rig.Check();
        }
    }
}
