using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>Page faults: how much they map, what they report, and whose they are.</summary>
public class FaultingTests
{
    private const ulong FourK = 4096;
    private const ulong TwoM = 2UL << 20;

    [Fact]
    public void AHoleIsMappedByOnePiece()
    {
        var rig = new GranularRig<X64, ReserveOne>("1G", optimize: true);
        HugetlbMapping<X64, ReserveOne> mapping = rig.MapGranular();
        ulong head = rig.Fill().HeadPfn << 12;
        mapping.Continue(rig.Cpu, rig.Start, FourK);
        Assert.Equal(new FaultResult(FaultKind.Mapped, rig.Start + (3 * TwoM) + 5, 21), mapping.Fault(rig.Cpu, rig.Start + (3 * TwoM) + 5, write: true));
        Assert.Equal(new FaultResult(FaultKind.Mapped, rig.Start + 0x5678, 12), mapping.Fault(rig.Cpu, rig.Start + 0x5678, write: true));
        Assert.Equal("1 x 2M + 2 x 4K", rig.PiecesOf(mapping.Space));
        Assert.Equal(FaultKind.Mapped, mapping.Touch(rig.Cpu, rig.Start + 0x3fabcdef, write: false, out ulong physical).Kind);
        Assert.Equal((head + 0x3fabcdef, "2 x 2M + 2 x 4K"), (physical, rig.PiecesOf(mapping.Space)));

        // Somebody was faster: nothing is done.
        Assert.Equal(new FaultResult(FaultKind.Mapped, rig.Start), mapping.Fault(rig.Cpu, rig.Start, write: true));
        rig.Check(mapping);
        rig.End(mapping);
    }

    [Theory]
    [InlineData(false, 0x0aa00000UL)]
    [InlineData(true, 0x0abcd000UL)]
    public void ItsUserIsToldTheAddress_RoundedToWhatCanBeMapped(bool granular, ulong reported)
    {
        var rig = new GranularRig<X64, ReserveOne>("2M", pages: 1, filePages: 128);
        var options = new HugetlbMappingOptions { Start = rig.Start, Pages = 128, Userfaults = Userfaults.Minor | Userfaults.Missing };
        HugetlbMapping<X64, ReserveOne> mapping = granular ? rig.MapGranular(options: options) : rig.Map(options: options);
        ulong address = rig.Start + 0x0abcdef1;
        Assert.Equal(new FaultResult(FaultKind.Missing, rig.Start + reported), mapping.Touch(rig.Cpu, address, write: true, out ulong physical));
        rig.Fill(0x0abcdef1 >> 21);
        Assert.Equal(new FaultResult(FaultKind.Minor, rig.Start + reported), mapping.Touch(rig.Cpu, address, write: true, out physical));
        Assert.Equal(0UL, physical);
        Assert.True(mapping.Continue(rig.Cpu, rig.Start + reported, granular ? FourK : TwoM).IsDone);
        Assert.Equal(FaultKind.Mapped, mapping.Touch(rig.Cpu, address, write: true, out physical).Kind);
        Assert.Equal((rig.File.PageAt(0x55)!.HeadPfn << 12) + (0x0abcdef1 & (TwoM - 1)), physical);
        rig.Check(mapping);
        rig.End(mapping);
    }

    [Fact]
    public void OneAddressSpaceDoesNotSeeWhatAnotherDoes()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M");
        HugetlbMapping<X64, ReserveOne> first = rig.MapGranular();
        HugetlbMapping<X64, ReserveOne> second = rig.MapGranular();
        HugetlbMapping<X64, ReserveOne> third = rig.Map();
        rig.Fill();
        first.Continue(rig.Cpu, rig.Start + FourK, FourK);
        second.Continue(rig.Cpu, rig.Start, TwoM);
        third.Touch(rig.Cpu, rig.Start, write: true, out _);
        second.Unmap(rig.Cpu, rig.Start + FourK, FourK);
        Assert.Equal(("1 x 4K", "511 x 4K", "1 x 2M"), (rig.PiecesOf(first.Space), rig.PiecesOf(second.Space), rig.PiecesOf(third.Space)));
        Assert.Equal((4, 3, 3), rig.CountsOf(rig.File.PageAt(0)!));
        rig.Check(first, second, third);
        rig.End(first, second, third);
    }

    [Fact]
    public void WhatMayNotBe_IsRefused()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M");
        HugetlbMapping<X64, ReserveOne> mapping = rig.MapGranular(options: new HugetlbMappingOptions { Start = rig.Start, Pages = 1, IsWritable = false });
        Assert.Equal(FaultKind.NotAllowed, mapping.Touch(rig.Cpu, rig.Start, write: true, out _).Kind);
        Assert.Equal(FaultKind.NotAllowed, mapping.Touch(rig.Cpu, rig.Start - 1, write: false, out _).Kind);
        Assert.Equal(FaultKind.NotAllowed, mapping.Touch(rig.Cpu, rig.Start + TwoM, write: false, out _).Kind);
        Assert.Equal(FaultKind.Mapped, mapping.Touch(rig.Cpu, rig.Start, write: false, out _).Kind);
        Assert.Equal(FaultKind.NotAllowed, mapping.Touch(rig.Cpu, rig.Start, write: true, out _).Kind);
        rig.Check(mapping);
        rig.End(mapping);
    }

    [Fact]
    public void BehindTheEndOfUserAddresses_NothingIsMapped()
    {
        // The kernel's half of arm64 has a root of its own: bits above the index bits do not lead into a process's tables.
        var rig = new GranularRig<Arm64K4Va48, ReserveOne>("2M");
        HugetlbMapping<Arm64K4Va48, ReserveOne> mapping = rig.Map();
        Assert.Equal(FaultKind.Mapped, mapping.Touch(rig.Cpu, rig.Start, write: true, out _).Kind);
        foreach (ulong high in (ulong[])[1UL << 48, 0xffff_0000_0000_0000])
        {
            Assert.Equal(UserAccess.NotMapped, mapping.Space.Access(rig.Cpu, rig.Start + high, write: false, out _));
            Assert.Equal(FaultKind.NotAllowed, mapping.Touch(rig.Cpu, rig.Start + high, write: false, out _).Kind);
        }

        rig.End(mapping);
    }

    [Fact]
    public void WhoHasEnded_MapsNothing()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M");
        HugetlbMapping<X64, ReserveOne> ended = rig.MapGranular();
        rig.Fill();
        ended.Touch(rig.Cpu, rig.Start, write: true, out _);
        ended.Remove(rig.Cpu);
        Assert.Equal(FaultKind.NotAllowed, ended.Touch(rig.Cpu, rig.Start, write: true, out _).Kind);
        foreach (MappingResult result in (MappingResult[])
        [
            ended.Continue(rig.Cpu, rig.Start, FourK),
            ended.Unmap(rig.Cpu, rig.Start, FourK),
            ended.AdviseCollapse(rig.Cpu, rig.Start, TwoM),
            ended.SplitTo(rig.Cpu, rig.Start, FourK, SplitMode.None, out _),
        ])
        {
            Assert.Equal(MappingError.Invalid, result.Error);
            Assert.EndsWith("the mapping has ended.", result.Reason, StringComparison.Ordinal);
        }

        Assert.Throws<InvalidOperationException>(() => ended.Remove(rig.Cpu));
        Assert.Equal((1, 0, 0), rig.CountsOf(rig.File.PageAt(0)!));
        rig.Check();
        rig.End();
    }

    [Fact]
    public void TablesOfSmallerHugePages_MakeWayForLargerOnes()
    {
        var rig = new GranularRig<X64, ReserveOne>("1G");
        using var small = new HugetlbFile<X64, ReserveOne>(rig.Pool, Optimizer.OptimizerRig<X64, ReserveOne>.HstateOf("2M"), 512);
        Assert.Equal(3, rig.Pool.SetHugePages(small.Hstate, 3));
        AddressSpace<X64> space = rig.AddSpace();
        HugetlbMapping<X64, ReserveOne> low = small.Map(rig.Cpu, space, new HugetlbMappingOptions { Start = rig.Start, Pages = 3 });
        HugetlbMapping<X64, ReserveOne> high = small.Map(rig.Cpu, space, new HugetlbMappingOptions { Start = rig.Start + (8 * TwoM), Pages = 1 });
        foreach (ulong page in (ulong[])[0, 1, 2, 8])
        {
            Assert.Equal(FaultKind.Mapped, (page < 8 ? low : high).Touch(rig.Cpu, rig.Start + (page * TwoM), write: true, out _).Kind);
        }

        // Root, PUD, PMD: as long as one of the two is there, and no longer.
        Assert.Equal(3, space.PageTables);
        low.Remove(rig.Cpu);
        Assert.Equal(3, space.PageTables);
        Assert.Equal(FaultKind.Mapped, high.Touch(rig.Cpu, high.Start, write: true, out _).Kind);
        high.Remove(rig.Cpu);
        Assert.Equal(1, space.PageTables);
        HugetlbMapping<X64, ReserveOne> large = rig.Map(space);
        Assert.Equal(FaultKind.Mapped, large.Touch(rig.Cpu, rig.Start + TwoM, write: true, out _).Kind);
        Assert.Equal("1 x 1G", rig.PiecesOf(space));
        rig.Check(large);
        for (long i = 0; i < 3; i++)
        {
            Assert.True(small.TryRemove(rig.Cpu, i));
        }

        rig.End(large);
    }

    [Fact]
    public void APrivateMapping_HasPagesOfItsOwn_UntilTheyAreUnmapped()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M", pages: 3);
        var options = new HugetlbMappingOptions { Start = rig.Start, Pages = 2, IsShared = false };
        HugetlbMapping<X64, ReserveOne> mapping = rig.Map(options: options);
        Assert.Equal(FaultKind.Mapped, mapping.Touch(rig.Cpu, rig.Start, write: true, out ulong physical).Kind);
        Assert.Equal(FaultKind.Mapped, mapping.Touch(rig.Cpu, rig.Start + TwoM, write: true, out _).Kind);
        HstatePool counts = rig.Pool[rig.Hstate];
        Assert.Equal((1L, 0), (counts.FreePages, rig.File.PageAt(0) is null ? 0 : 1));
        Assert.Equal((2, 1, 1), rig.CountsOf(rig.Pool.PageOf(physical >> 12)!));
        rig.Check(mapping);
        Assert.True(mapping.Unmap(rig.Cpu, rig.Start + TwoM, TwoM).IsDone);
        Assert.Equal(2, counts.FreePages);

        // A memory error takes it from its only mapping.
        HugetlbMemoryFailure<X64, ReserveOne> failure = rig.File.MemoryFailure(rig.Cpu, (physical >> 12) + 77);
        Assert.Equal((MemoryFailureKind.HugePage, TwoM), (failure.Result.Kind, failure.Lost[mapping]));
        Assert.Equal(new FaultResult(FaultKind.HwPoison, rig.Start, 21), mapping.Touch(rig.Cpu, rig.Start, write: false, out _));
        rig.Check(mapping);
        mapping.Remove(rig.Cpu);
        rig.Check();
        Assert.Equal((2L, 2L, 1L), (counts.FreePages, counts.Pages, rig.Machine.Books[FrameUse.Poisoned]));
    }
}
