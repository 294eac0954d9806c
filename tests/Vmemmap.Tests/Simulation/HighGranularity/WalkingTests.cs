using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>Where hugetlb_walk_to stops, and what it adds on its way.</summary>
public class WalkingTests
{
    private const ulong FourK = 4096;
    private const ulong TwoM = 2UL << 20;

    [Fact]
    public void AtALeaf_ItStops()
    {
        GranularRig<X64, ReserveOne> rig = WithPage(out HugetlbMapping<X64, ReserveOne> mapping);
        mapping.Touch(rig.Cpu, rig.Start, write: false, out _);
        foreach (bool stopAtNone in (bool[])[false, true])
        {
            Assert.Equal(MappingError.None, Walk(rig, mapping, FourK, stopAtNone, out HugetlbPte place));
            Assert.Equal(new HugetlbPte(rig.Tables.EntryOf(mapping.Space.Root, rig.Start, 1), 30, HugetlbLevel.Pud), place);
            Assert.Equal(HugetlbPteState.PresentLeaf, mapping.StateOf(place));
        }

        rig.Check(mapping);
        rig.End(mapping);
    }

    [Fact]
    public void WhereNothingIs_ItStopsIfToldTo()
    {
        GranularRig<X64, ReserveOne> rig = WithPage(out HugetlbMapping<X64, ReserveOne> mapping);
        Assert.Equal(MappingError.None, Walk(rig, mapping, FourK, stopAtNone: true, out HugetlbPte place));
        Assert.Equal((39, HugetlbLevel.P4d, 1L), (place.Shift, place.Level, mapping.Space.PageTables));

        // Without, it adds tables; the one below the huge page's position counts as its mapping.
        Assert.Equal(MappingError.None, Walk(rig, mapping, TwoM, stopAtNone: false, out place));
        Assert.Equal((21, HugetlbLevel.Pmd, 3L), (place.Shift, place.Level, mapping.Space.PageTables));
        Assert.Equal((2, 1, 1), rig.CountsOf(rig.File.PageAt(0)!));
        Assert.Equal(MappingError.None, Walk(rig, mapping, FourK, stopAtNone: true, out place));
        Assert.Equal((21, HugetlbPteState.None), (place.Shift, mapping.StateOf(place)));
        Assert.Equal(MappingError.None, Walk(rig, mapping, FourK, stopAtNone: false, out place));
        Assert.Equal((12, HugetlbLevel.Pte, 4L), (place.Shift, place.Level, mapping.Space.PageTables));
        rig.Check(mapping);
        rig.End(mapping);
    }

    [Fact]
    public void EverySizeIsAStep_AndAGroupIsKnownByItsFirstEntry()
    {
        var rig = new GranularRig<Arm64K4Va48, ReserveOne>("1G");
        HugetlbMapping<Arm64K4Va48, ReserveOne> mapping = rig.MapGranular();
        rig.Fill();
        ulong address = rig.Start + (19 * TwoM) + (0x35 * FourK);
        (int Shift, HugetlbLevel Level, int Index)[] wanted =
            [(30, HugetlbLevel.Pud, 4), (25, HugetlbLevel.Pmd, 16), (21, HugetlbLevel.Pmd, 19), (16, HugetlbLevel.Pte, 0x30), (12, HugetlbLevel.Pte, 0x35)];
        foreach ((int shift, HugetlbLevel level, int index) in wanted)
        {
            using KernelSemaphore.Scope held = rig.File.MappingsLock.HoldToRead(rig.Cpu);
            Assert.Equal(MappingError.None, mapping.WalkTo(rig.Cpu, address, 1UL << shift, stopAtNone: false, out HugetlbPte place));
            Assert.Equal((shift, level, index), (place.Shift, place.Level, (int)(place.EntryAddress & 0xfff) / 8));
            Assert.Equal((1UL << shift, (1UL << shift) - 1), (place.Size, place.OffsetMask));
        }

        rig.End(mapping);
    }

    /// <summary>riscv64 registers 64K first, then 1G and 2M (facts 1.4): the order of pieces is by size.</summary>
    [Fact]
    public void PieceSizes_Descend_FromThePagesOwn()
    {
        Assert.Equal([1UL << 30, TwoM, 16 * FourK, FourK], new GranularRig<RiscV64Sv48, ReserveOne>("1G").File.PieceSizes);
        Assert.Equal([TwoM, 16 * FourK, FourK], new GranularRig<RiscV64Sv48, ReserveOne>("2M").File.PieceSizes);
        Assert.Equal([32UL << 20, TwoM, 16UL << 10], new GranularRig<Arm64K16Va48, ReserveOne>("32M").File.PieceSizes);
    }

    [Theory]
    [InlineData(NonPresentKind.Migration, FaultKind.Migrating)]
    [InlineData(NonPresentKind.HwPoison, FaultKind.HwPoison)]
    [InlineData(NonPresentKind.Marker, FaultKind.Mapped)]
    public void BelowWhatIsNotPresentAndNotNone_ItDoesNotGo(NonPresentKind kind, FaultKind fault)
    {
        GranularRig<X64, ReserveOne> rig = WithPage(out HugetlbMapping<X64, ReserveOne> mapping);
        Walk(rig, mapping, TwoM, stopAtNone: false, out _);
        rig.WriteEntries(mapping.Space, rig.Start, 21, _ => NonPresentEntry.Make(kind, 21, kind == NonPresentKind.Marker ? 0 : rig.File.PageAt(0)!.HeadPfn));
        Assert.Equal(MappingError.Exists, Walk(rig, mapping, FourK, stopAtNone: false, out HugetlbPte place));
        Assert.Equal((21, HugetlbPteState.NotPresent), (place.Shift, mapping.StateOf(place)));
        Assert.Equal(MappingError.None, Walk(rig, mapping, FourK, stopAtNone: true, out HugetlbPte again));
        Assert.Equal(place, again);
        Assert.Equal(MappingError.Exists, mapping.SplitTo(rig.Cpu, rig.Start, FourK, SplitMode.Always, out _).Error);
        Assert.Equal(MappingError.Exists, mapping.Continue(rig.Cpu, rig.Start, FourK).Error);

        // Of its own size, a marker makes way.
        FaultResult result = mapping.Fault(rig.Cpu, rig.Start + 0x1234, write: false);
        Assert.Equal((fault, fault == FaultKind.Migrating ? 0 : 21), (result.Kind, result.Shift));
        Assert.Equal(fault == FaultKind.Mapped ? "1 x 2M" : string.Empty, rig.PiecesOf(mapping.Space));
        Assert.Equal(MappingError.Exists, mapping.Continue(rig.Cpu, rig.Start, TwoM).Error);
        rig.Check(mapping);
        rig.End(mapping);
    }

    [Fact]
    public void WhatCannotBe_IsRefused()
    {
        GranularRig<X64, ReserveOne> rig = WithPage(out HugetlbMapping<X64, ReserveOne> mapping);
        Assert.Throws<InconsistentMachineException>(() => mapping.WalkTo(rig.Cpu, rig.Start, FourK, stopAtNone: true, out _));
        (ulong Address, ulong Size)[] bad =
            [(rig.Start - 1, FourK), (rig.Start + (1UL << 30), FourK), (rig.Start, 65536), (rig.Start, 5000), (rig.Start, 1UL << 39)];
        foreach ((ulong address, ulong size) in bad)
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => Walk(rig, mapping, size, true, out _, address));
        }

        Assert.True(rig.File.TryRemove(rig.Cpu, 0));
        Assert.Equal(MappingError.Fault, Walk(rig, mapping, TwoM, stopAtNone: false, out HugetlbPte place));
        Assert.Equal((30, HugetlbPteState.None), (place.Shift, mapping.StateOf(place)));
        rig.End(mapping);
    }

    [Fact]
    public void WithoutAFrame_ItSaysSo_AndKeepsWhatItAdded()
    {
        for (int failing = 0; failing < 3; failing++)
        {
            GranularRig<X64, ReserveOne> rig = WithPage(out HugetlbMapping<X64, ReserveOne> mapping);
            rig.FailPageTableAt(failing);
            Assert.Equal(MappingError.NoMemory, Walk(rig, mapping, FourK, stopAtNone: false, out HugetlbPte place));
            Assert.Equal((39 - (9 * failing), 1L + failing), (place.Shift, mapping.Space.PageTables));
            rig.FailNothing();
            rig.Check(mapping);
            rig.End(mapping);
        }
    }

    private static GranularRig<X64, ReserveOne> WithPage(out HugetlbMapping<X64, ReserveOne> mapping)
    {
        var rig = new GranularRig<X64, ReserveOne>("1G", optimize: true);
        mapping = rig.MapGranular();
        rig.Fill();
        return rig;
    }

    private static MappingError Walk(
        GranularRig<X64, ReserveOne> rig, HugetlbMapping<X64, ReserveOne> mapping, ulong size, bool stopAtNone, out HugetlbPte place, ulong? address = null)
    {
        using KernelSemaphore.Scope held = rig.File.MappingsLock.HoldToRead(rig.Cpu);
        return mapping.WalkTo(rig.Cpu, address ?? rig.Start, size, stopAtNone, out place);
    }
}
