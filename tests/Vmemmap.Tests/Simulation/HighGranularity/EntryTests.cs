using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Optimizer;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>Entries that are in the way: migrations, errors, markers, empty tables, and counts that are full.</summary>
public class EntryTests
{
    private const ulong FourK = 4096;
    private const ulong SixtyFourK = 1UL << 16;
    private const ulong TwoM = 2UL << 20;
    private const ulong OneG = 1UL << 30;

    [Fact]
    public void APartOfWhatIsMigrating_IsNotUnmapped_AndTheRestNeither()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M", pages: 2, filePages: 1);
        HugetlbMapping<X64, ReserveOne> mapping = rig.MapGranular(
            options: new HugetlbMappingOptions { Start = rig.Start, Pages = 1, Userfaults = Userfaults.Minor });
        rig.Fill();
        Assert.True(mapping.Continue(rig.Cpu, rig.Start, TwoM).IsDone);
        Assert.True(rig.File.BeginMigration(rig.Cpu, 0, null, out HugePageMigration<X64, ReserveOne>? migration).IsDone);
        MappingResult result = mapping.Unmap(rig.Cpu, rig.Start + FourK, FourK);
        Assert.Equal((MappingError.Busy, 0UL), (result.Error, result.Bytes));
        Assert.Contains($"0x{rig.Start + FourK:x} is being migrated", result.Reason, StringComparison.Ordinal);
        Assert.True(migration!.Finish(rig.Cpu).IsDone);
        Assert.Equal(("1 x 2M", FaultKind.Mapped), (rig.PiecesOf(mapping.Space), mapping.Touch(rig.Cpu, rig.Start + OneG / 1024, write: false, out _).Kind));

        // All of it may be.
        Assert.True(rig.File.BeginMigration(rig.Cpu, 0, null, out migration).IsDone);
        Assert.True(mapping.Unmap(rig.Cpu, rig.Start, TwoM).IsDone);
        Assert.True(migration!.Finish(rig.Cpu).IsDone);
        Assert.Equal(string.Empty, rig.PiecesOf(mapping.Space));
        rig.Check(mapping);
        rig.End(mapping);
    }

    [Theory]
    [InlineData("x86-64", "2M")]
    [InlineData("x86-64", "1G")]
    [InlineData("arm64-4k-va48", "32M")]
    [InlineData("arm64-4k-va48", "64K")]
    public void APartOfWhatAnErrorTook_IsUnmapped_AndNothingBeside(string architecture, string size) =>
        OnArchitecture.Run(architecture, "reserve-one", new PartCase(size));

    [Fact]
    public void AMarkerLargerThanThePiece_EndsWithTheFault()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M");
        HugetlbMapping<X64, ReserveOne> mapping = rig.MapGranular();
        HugePage<X64, ReserveOne> page = rig.Fill();
        mapping.SplitTo(rig.Cpu, rig.Start, TwoM, SplitMode.None, out HugetlbPte place);
        rig.File.MemoryFailure(rig.Cpu, page.HeadPfn + 5);
        rig.Machine.Memory.WriteWord(place.EntryAddress, NonPresentEntry.Make(NonPresentKind.Marker, 21, 0));
        Assert.Equal(new FaultResult(FaultKind.Mapped, rig.Start, 12), mapping.Fault(rig.Cpu, rig.Start, write: false));
        Assert.Equal(FaultKind.Mapped, mapping.Touch(rig.Cpu, rig.Start, write: true, out ulong physical).Kind);
        Assert.Equal((page.HeadPfn * FourK, "1 x 4K"), (physical, rig.PiecesOf(mapping.Space)));
        Assert.Equal(FaultKind.HwPoison, mapping.Touch(rig.Cpu, rig.Start + (5 * FourK), write: true, out _).Kind);
        rig.Check(mapping);
    }

    [Fact]
    public void ALeafThatDoesNotAllowTheAccess_IsNoAnswerToTheFault()
    {
        const ulong Writable = 2;
        var rig = new GranularRig<X64, ReserveOne>("2M");
        HugetlbMapping<X64, ReserveOne> mapping = rig.Map();
        mapping.Fault(rig.Cpu, rig.Start, write: true);
        rig.WriteEntries(mapping.Space, rig.Start, 21, word => word & ~Writable);
        Assert.Equal(FaultKind.NotAllowed, mapping.Touch(rig.Cpu, rig.Start, write: true, out _).Kind);
        Assert.Equal(FaultKind.Mapped, mapping.Touch(rig.Cpu, rig.Start, write: false, out _).Kind);
    }

    [Theory]
    [InlineData(MapCountRule.HugePage)]
    [InlineData(MapCountRule.SubPage)]
    public void WhereTablesAreEmpty_ACollapseTakesThemAway_AndMapsNothing(MapCountRule rule)
    {
        var rig = new GranularRig<X64, ReserveOne>("1G", rule: rule);
        HugetlbMapping<X64, ReserveOne> mapping = rig.MapGranular();
        HugePage<X64, ReserveOne> page = rig.Fill();
        int entire = rule == MapCountRule.HugePage ? 1 : 0;
        foreach (ulong address in (ulong[])[rig.Start, rig.Start + TwoM])
        {
            mapping.Continue(rig.Cpu, address, FourK);
        }

        mapping.Unmap(rig.Cpu, rig.Start, TwoM);
        Assert.True(mapping.AdviseCollapse(rig.Cpu, rig.Start, TwoM).IsDone);
        Assert.Equal(("1 x 4K", 4L), (rig.PiecesOf(mapping.Space), mapping.Space.PageTables));
        mapping.Unmap(rig.Cpu, rig.Start, OneG);
        Assert.Equal((1 + entire, entire, entire), rig.CountsOf(page));
        rig.Check(mapping);
        Assert.True(mapping.AdviseCollapse(rig.Cpu, rig.Start, OneG).IsDone);
        Assert.Equal((string.Empty, 0L, 2L), (rig.PiecesOf(mapping.Space), mapping.Space.HugetlbPages, mapping.Space.PageTables));
        Assert.Equal((1, 0, 0), rig.CountsOf(page));
        rig.Check(mapping);
        rig.End(mapping);
    }

    [Fact]
    public void AMarkerOfThePiecesOwnSize_IsDropped_AndOneThatReachesOutIsNot()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M");
        HugetlbMapping<X64, ReserveOne> mapping = rig.MapGranular();
        rig.Fill();
        mapping.SplitTo(rig.Cpu, rig.Start, TwoM, SplitMode.None, out HugetlbPte place);
        ulong marker = NonPresentEntry.Make(NonPresentKind.Marker, 21, 0);
        rig.Machine.Memory.WriteWord(place.EntryAddress, marker);
        Assert.True(mapping.AdviseCollapse(rig.Cpu, rig.Start, FourK).IsDone);
        Assert.True(mapping.Unmap(rig.Cpu, rig.Start, FourK).IsDone);
        Assert.Equal(marker, rig.Machine.Memory.ReadWord(place.EntryAddress));
        Assert.True(mapping.AdviseCollapse(rig.Cpu, rig.Start, TwoM).IsDone);
        Assert.Equal((0UL, (1, 0, 0)), (rig.Machine.Memory.ReadWord(place.EntryAddress), rig.CountsOf(rig.File.PageAt(0)!)));
        rig.Check(mapping);
        rig.End(mapping);
    }

    [Fact]
    public void AGroupWasUsedOrWritten_IfAnyOfItsEntriesWas()
    {
        var rig = new GranularRig<Arm64K4Va48, ReserveOne>("64K", pages: 2, filePages: 1);
        HugetlbMapping<Arm64K4Va48, ReserveOne> mapping = rig.MapGranular();
        mapping.Touch(rig.Cpu, rig.Start, write: true, out _);
        ulong both = rig.Tables.AccessedBit | rig.Tables.DirtyBit;
        KeepIn(mapping.Space, entry: 3);
        AddressSpace<Arm64K4Va48> child = rig.AddSpace();
        Assert.True(mapping.Fork(rig.Cpu, child, out HugetlbMapping<Arm64K4Va48, ReserveOne>? copy).IsDone);
        Assert.Equal((16, 1), (CountOf(child), CountOf(mapping.Space)));
        Assert.True(rig.File.BeginMigration(rig.Cpu, 0, null, out HugePageMigration<Arm64K4Va48, ReserveOne>? migration).IsDone);
        Assert.True(migration!.Finish(rig.Cpu).IsDone);
        Assert.Equal(16, CountOf(mapping.Space));
        KeepIn(mapping.Space, entry: 15);
        Assert.True(mapping.SplitTo(rig.Cpu, rig.Start, FourK, SplitMode.Present, out _).IsDone);
        Assert.Equal(("16 x 4K", 16), (rig.PiecesOf(mapping.Space), CountOf(mapping.Space)));
        rig.Check(mapping, copy!);
        rig.End(mapping, copy!);

        void KeepIn(AddressSpace<Arm64K4Va48> space, int entry)
        {
            int i = 0;
            rig.WriteEntries(space, rig.Start, 16, word => i++ == entry ? word : word & ~both);
        }

        int CountOf(AddressSpace<Arm64K4Va48> space) => rig.Tables.Read(space.Root).Entries.Count(entry => (entry.Word & both) == both);
    }

    [Fact]
    public void BySubPage_ASumOfMappingsThatIsFull_IsRefused()
    {
        // _large_mapcount, the low half of the word at 16 in the first tail: all mappings less 1.
        const ulong Room = 100;
        var rig = new GranularRig<X64, ReserveOne>("2M", rule: MapCountRule.SubPage);
        HugetlbMapping<X64, ReserveOne> first = rig.MapGranular();
        HugetlbMapping<X64, ReserveOne> second = rig.MapGranular();
        HugePage<X64, ReserveOne> page = rig.Fill();
        second.Touch(rig.Cpu, rig.Start, write: true, out _);
        first.Continue(rig.Cpu, rig.Start, FourK);
        ulong word = rig.StructWord(page.HeadPfn + 1, 16);
        rig.WriteStructWord(page.HeadPfn + 1, 16, (word & ~(ulong)uint.MaxValue) | (int.MaxValue - 1 - Room));
        Assert.Equal(MappingError.NoMemory, second.SplitTo(rig.Cpu, rig.Start, FourK, SplitMode.Present, out _).Error);
        MappingResult result = first.Continue(rig.Cpu, rig.Start + FourK, TwoM - FourK);
        Assert.Equal((MappingError.NoMemory, Room * FourK), (result.Error, result.Bytes));
        Assert.Equal(MappingError.NoMemory, first.AdviseCollapse(rig.Cpu, rig.Start, TwoM).Error);
        Assert.Equal((103, 1, int.MaxValue), rig.CountsOf(page));
        Assert.Equal(("101 x 4K", "1 x 2M"), (rig.PiecesOf(first.Space), rig.PiecesOf(second.Space)));
        rig.WriteStructWord(page.HeadPfn + 1, 16, word + Room);
        rig.Check(first, second);
        rig.End(first, second);
    }

    [Fact]
    public void WhatIsEmpty_EndsAtOnce_HoweverLongItIs()
    {
        // 2^34 pages: one by one they would take minutes.
        const long Pages = 1L << 34;
        var rig = new GranularRig<X64La57, ReserveOne>("2M");
        using var file = new HugetlbFile<X64La57, ReserveOne>(rig.Pool, rig.Hstate, Pages);
        AddressSpace<X64La57> space = rig.AddSpace();
        foreach (bool isShared in (bool[])[true, false])
        {
            HugetlbMapping<X64La57, ReserveOne> mapping = file.Map(rig.Cpu, space, new HugetlbMappingOptions { Start = 0, Pages = Pages, IsShared = isShared });
            Assert.Equal(FaultKind.Mapped, mapping.Touch(rig.Cpu, TwoM * 1000, write: true, out _).Kind);
            Assert.True(mapping.Unmap(rig.Cpu, 0, mapping.End).IsDone);
            file.TryRemove(rig.Cpu, 1000);
            mapping.Remove(rig.Cpu);
        }

        rig.End();
    }

    private sealed record PartCase(string Size) : IMachineTest
    {
        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            var rig = new GranularRig<TArch, TLayout>(Size);
            HugetlbMapping<TArch, TLayout> mapping = rig.Map();
            mapping.Touch(rig.Cpu, rig.Start, write: true, out _);
            HugePage<TArch, TLayout> page = rig.File.PageAt(0)!;
            rig.File.MemoryFailure(rig.Cpu, page.HeadPfn + 5);
            Assert.True(mapping.AdviseSplit(rig.Cpu).IsDone);
            if (rig.Hstate.Size > SixtyFourK)
            {
                rig.FailPageTableAt(0);
                Assert.Equal(MappingError.NoMemory, mapping.Unmap(rig.Cpu, rig.Start, rig.BasePage).Error);
                rig.FailNothing();
                rig.Check(mapping);
            }

            Assert.True(mapping.Unmap(rig.Cpu, rig.Start + rig.BasePage, rig.BasePage).IsDone);
            Assert.Equal((2, 1, 1), rig.CountsOf(page));
            List<RawEntry> entries = rig.Tables.Read(mapping.Space.Root).Entries;
            ulong bytes = 0;
            foreach (RawEntry entry in entries)
            {
                // Kind in bits 63:60, 2 for a memory error; size in 59:54; frame from bit 8 on: the first one of the size.
                int shift = (int)(entry.Word >> 54 & 63);
                ulong first = entry.Address & (ulong.MaxValue << shift);
                Assert.Equal((2UL, page.HeadPfn + ((first - rig.Start) / rig.BasePage)), (entry.Word >> 60, (entry.Word << 10 >> 10) >> 8));
                bytes += 1UL << rig.Tables.Manual.Shift(entry.Level);
            }

            Assert.Equal(rig.Hstate.Size - rig.BasePage, bytes);
            Assert.Equal(FaultKind.HwPoison, mapping.Touch(rig.Cpu, rig.Start, write: false, out _).Kind);
            Assert.Equal(FaultKind.HwPoison, mapping.Touch(rig.Cpu, rig.Start + (6 * rig.BasePage), write: false, out _).Kind);
            Assert.Equal(FaultKind.Mapped, mapping.Touch(rig.Cpu, rig.Start + rig.BasePage, write: false, out _).Kind);
            rig.Check(mapping);
            Assert.True(mapping.Unmap(rig.Cpu, rig.Start, rig.Hstate.Size).IsDone);
            mapping.Remove(rig.Cpu);
            Assert.Equal((1, 0, 0), rig.CountsOf(page));
            rig.Check();
        }
    }
}
