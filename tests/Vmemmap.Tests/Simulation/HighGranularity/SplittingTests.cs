using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Tests.Simulation.Optimizer;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>Splits along a path: which pieces are left, what they say, and what a failure leaves.</summary>
public class SplittingTests
{
    // Facts of HugeTLB sizes: each size is divided only where the path goes through.
    public static TheoryData<string, string, int, string, int> Paths { get; } = new()
    {
        { "x86-64", "1G", 12, "511 x 2M + 512 x 4K", 2 },
        { "x86-64", "1G", 21, "512 x 2M", 1 },
        { "x86-64", "2M", 12, "512 x 4K", 1 },
        { "arm64-4k-va48", "1G", 25, "32 x 32M", 1 },
        { "arm64-4k-va48", "1G", 21, "31 x 32M + 16 x 2M", 1 },
        { "arm64-4k-va48", "1G", 16, "31 x 32M + 15 x 2M + 32 x 64K", 2 },
        { "arm64-4k-va48", "1G", 12, "31 x 32M + 15 x 2M + 31 x 64K + 16 x 4K", 2 },
        { "arm64-4k-va39", "1G", 12, "31 x 32M + 15 x 2M + 31 x 64K + 16 x 4K", 2 },
        { "arm64-4k-va48", "32M", 12, "15 x 2M + 31 x 64K + 16 x 4K", 1 },
        { "arm64-4k-va48", "64K", 12, "16 x 4K", 0 },
        { "arm64-16k-va48", "1G", 25, "32 x 32M", 0 },
        { "arm64-16k-va48", "1G", 14, "31 x 32M + 15 x 2M + 128 x 16K", 1 },
        { "arm64-16k-va47", "2M", 14, "128 x 16K", 0 },
        { "arm64-64k-va48", "512M", 16, "255 x 2M + 32 x 64K", 1 },
        { "riscv64-sv48", "1G", 12, "511 x 2M + 31 x 64K + 16 x 4K", 2 },
        { "riscv64-sv39", "1G", 16, "511 x 2M + 32 x 64K", 2 },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public void OnlyAlongThePath_ItIsSplit_AndCollapseUndoesIt(string architecture, string size, int shift, string pieces, int tables) =>
        OnArchitecture.Run(architecture, "reserve-one", new PathCase(size, shift, pieces, tables));

    [Theory]
    [InlineData("x86-64", "1G")]
    [InlineData("arm64-4k-va48", "1G")]
    [InlineData("arm64-16k-va47", "2M")]
    [InlineData("riscv64-sv48", "2M")]
    public void PiecesSayWhatTheLeafSaid(string architecture, string size) =>
        OnArchitecture.Run(architecture, "reserve-one", new BitsCase(size));

    [Fact]
    public void ByItsMode_ItSplitsOrStops()
    {
        var rig = new GranularRig<X64, ReserveOne>("1G", filePages: 2);
        HugetlbMapping<X64, ReserveOne> mapping = rig.MapGranular();
        rig.Fill();
        Assert.Equal((MappingError.None, 39), Split(SplitMode.Never));
        Assert.Equal((MappingError.None, 39), Split(SplitMode.Present));
        Assert.Equal((MappingError.None, 12), Split(SplitMode.None));
        Assert.True(mapping.Continue(rig.Cpu, rig.Start, 4096).IsDone);
        Assert.True(mapping.AdviseCollapse(rig.Cpu, rig.Start, 1UL << 30).IsDone);
        Assert.Equal((MappingError.None, 30), Split(SplitMode.Never));
        Assert.Equal((MappingError.None, 30), Split(SplitMode.None));
        Assert.Equal("1 x 1G", rig.PiecesOf(mapping.Space));
        Assert.Equal((MappingError.None, 12), Split(SplitMode.Present));
        rig.Check(mapping);
        Assert.Equal(MappingError.Fault, mapping.SplitTo(rig.Cpu, rig.Start + (1UL << 30), 4096, SplitMode.Always, out _).Error);
        rig.Check(mapping);
        rig.End(mapping);

        (MappingError Error, int Shift) Split(SplitMode mode)
        {
            MappingResult result = mapping.SplitTo(rig.Cpu, rig.Start + 0x12345000, 4096, mode, out HugetlbPte place);
            return (result.Error, place.Shift);
        }
    }

    [Fact]
    public void BeforeAdviseSplit_ItIsRefused_AndNoTableIsAdded()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M");
        HugetlbMapping<X64, ReserveOne> mapping = rig.Map();
        rig.Fill();
        MappingResult result = mapping.SplitTo(rig.Cpu, rig.Start, 4096, SplitMode.Always, out _);
        Assert.Equal((MappingError.Invalid, "The mapping maps whole huge pages until AdviseSplit is called."), (result.Error, result.Reason));
        using (rig.File.MappingsLock.HoldToRead(rig.Cpu))
        {
            Assert.Equal(MappingError.Invalid, mapping.WalkTo(rig.Cpu, rig.Start, 4096, stopAtNone: false, out _));
        }

        Assert.Equal(MappingError.Invalid, mapping.Continue(rig.Cpu, rig.Start, 4096).Error);
        Assert.Equal(MappingError.Invalid, mapping.Unmap(rig.Cpu, rig.Start, 4096).Error);
        Assert.True(mapping.Continue(rig.Cpu, rig.Start, 2 << 20).IsDone);
        Assert.Equal("1 x 2M", rig.PiecesOf(mapping.Space));
        rig.Check(mapping);
        rig.End(mapping);
    }

    private sealed record PathCase(string Size, int Shift, string Pieces, int Tables) : IMachineTest
    {
        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            var rig = new GranularRig<TArch, TLayout>(Size, optimize: true);
            HugetlbMapping<TArch, TLayout> mapping = rig.MapGranular();
            ulong address = rig.Start + (rig.Hstate.Size / 16 * 11) + rig.BasePage;
            Assert.Equal(FaultKind.Mapped, mapping.Touch(rig.Cpu, address, write: true, out _).Kind);
            Assert.Equal($"1 x {Size}", rig.PiecesOf(mapping.Space));
            long before = mapping.Space.PageTables;
            var whole = rig.Tables.Read(mapping.Space.Root).Entries;

            // At each table in turn there is no memory: the leaf is as it was, and nothing is lost.
            for (int failing = 0; failing < Tables; failing++)
            {
                rig.FailPageTableAt(failing);
                Assert.Equal(MappingError.NoMemory, mapping.SplitTo(rig.Cpu, address, 1UL << Shift, SplitMode.Present, out HugetlbPte place).Error);
                rig.FailNothing();
                Assert.Equal((rig.HugeShift, before), (place.Shift, mapping.Space.PageTables));
                Assert.Equal(whole, rig.Tables.Read(mapping.Space.Root).Entries);
                rig.Check(mapping);
            }

            MappingResult result = mapping.SplitTo(rig.Cpu, address, 1UL << Shift, SplitMode.Present, out HugetlbPte piece);
            Assert.True(result.IsDone, result.Reason);
            Assert.Equal((Shift, HugetlbPteState.PresentLeaf), (piece.Shift, mapping.StateOf(piece)));
            Assert.Equal(rig.Tables.EntryOf(mapping.Space.Root, address & (ulong.MaxValue << Shift), rig.Tables.LevelOf(Shift)), piece.EntryAddress);
            Assert.Equal((Pieces, Tables), (rig.PiecesOf(mapping.Space), mapping.Space.PageTables - before));
            Assert.Equal((2, 1, 1), rig.CountsOf(rig.File.PageAt(0)!));
            rig.Check(mapping);
            Assert.True(mapping.AdviseCollapse(rig.Cpu, rig.Start, rig.Hstate.Size).IsDone);
            Assert.Equal(($"1 x {Size}", before), (rig.PiecesOf(mapping.Space), mapping.Space.PageTables));
            Assert.Equal((2, 1, 1), rig.CountsOf(rig.File.PageAt(0)!));
            rig.Check(mapping);
            rig.End(mapping);
        }
    }

    private sealed record BitsCase(string Size) : IMachineTest
    {
        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            foreach (int bits in (int[])[0, 1, 2, 3])
            {
                var rig = new GranularRig<TArch, TLayout>(Size);
                HugetlbMapping<TArch, TLayout> mapping = rig.MapGranular();
                Assert.Equal(FaultKind.Mapped, mapping.Touch(rig.Cpu, rig.Start, write: true, out _).Kind);
                ulong set = ((bits & 1) != 0 ? rig.Tables.AccessedBit : 0) | ((bits & 2) != 0 ? rig.Tables.DirtyBit : 0);
                ulong all = rig.Tables.AccessedBit | rig.Tables.DirtyBit;
                rig.WriteEntries(mapping.Space, rig.Start, rig.HugeShift, word => (word & ~all) | set);
                Assert.True(mapping.SplitTo(rig.Cpu, rig.Start, rig.BasePage, SplitMode.Present, out _).IsDone);
                Assert.All(rig.Tables.Read(mapping.Space.Root).Entries, entry => Assert.Equal((set, true), (entry.Word & all, entry.Outcome.IsWritable)));
                rig.End(mapping);
            }
        }
    }
}
