using Vmemmap.Devmap;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Broken;
using Xunit.Sdk;

namespace Vmemmap.Tests.Simulation.Devmap;

/// <summary>Mistakes that are made on purpose: each is seen, for its own reason.</summary>
public class MistakeTests
{
    // The count of references, in the high half of the word at 48.
    private const ulong CountOffset = 48;

    /// <summary>An alias stays writable, unlike HVO's: what is written to one tail is written to all, and no hardware says so.</summary>
    [Theory]
    [InlineData("x86-64")]
    [InlineData("arm64-4k")]
    [InlineData("riscv64-sv48")]
    public void AWriteToATail_ReachesEveryTail(string architecture) => Machine.OnMachine.Run(architecture, new TailWrite());

    /// <summary>The entries of a shared table are cleared with the first section that goes.</summary>
    [Fact]
    public void ClearingASharedTable_IsSeen()
    {
        (DevmapRig<X64> rig, DaxDevice<X64> device, DevmapPiece[] pieces) = Gigantic(shares: true);
        SetReferences(rig, TableOf(rig, pieces[1]), 1);
        device.Remove(rig.Cpu, pieces[3]);
        Fails("is mapped to nothing", () => rig.Check(device));
    }

    /// <summary>A section takes a table again without a reference to it.</summary>
    [Fact]
    public void SharingATableWithoutAReference_FreesItTooEarly()
    {
        (DevmapRig<X64> rig, DaxDevice<X64> device, DevmapPiece[] pieces) = Gigantic(shares: true);
        SetReferences(rig, TableOf(rig, pieces[1]), 6);
        Fails("has 6 references, and 7 entries lead to it", () => rig.Check(device));
        foreach (DevmapPiece piece in pieces[1..7])
        {
            device.Remove(rig.Cpu, piece);
        }

        // Six of seven entries are gone, and the table with them: the seventh leads to a free frame.
        ulong table = TableOf(rig, pieces[7]);
        Assert.True(rig.Machine.ZoneOf(table).TryFreeBlockOf(table, out _, out _));
    }

    /// <summary>A tail page is mapped again without a reference to it (get_page): the second section that goes frees it again.</summary>
    [Fact]
    public void MappingATailWithoutAReference_FreesItTwice()
    {
        (DevmapRig<X64> rig, DaxDevice<X64> device, DevmapPiece[] pieces) = Gigantic(shares: false);
        SetReferences(rig, TailOf(rig, pieces[1]), 511);
        Fails("has 511 references, and 4095 entries lead to it", () => rig.Check(device));
        device.Remove(rig.Cpu, pieces[0]);
        Assert.Contains(
            "has 0 references and loses 512",
            Assert.Throws<InconsistentMachineException>(() => device.Remove(rig.Cpu, pieces[1])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ASectionThatIsForgotten_IsSeen()
    {
        (DevmapRig<X64> rig, DaxDevice<X64> device, DevmapPiece[] pieces) = Gigantic(shares: true);
        device.Remove(rig.Cpu, pieces[2]);
        Assert.ThrowsAny<FailException>(() => rig.Checker.Check());
        Assert.Throws<InconsistentMachineException>(() => device.Remove(rig.Cpu, pieces[2]));
    }

    [Fact]
    public void SectionsOutOfOrder_AreRefused()
    {
        var rig = new DevmapRig<X64>(PopulateTests.Options(1024, 1024, 1024) with { SharesTables = true });
        DaxDevice<X64> device = DaxDevice<X64>.Prepare(rig.Machine, rig.Options);
        DevmapPiece[] pieces = [.. device.AllPieces()];
        Assert.True(device.TryAdd(rig.Cpu, pieces[0]));
        Assert.Contains(
            "sections come in order",
            Assert.Throws<InconsistentMachineException>(() => device.TryAdd(rig.Cpu, pieces[2])).Message,
            StringComparison.Ordinal);
    }

    /// <summary>
    /// A whole section that begins within a compound page goes on with its tail, though the next compound page begins in it.
    /// </summary>
    [Fact]
    public void TheNextHeadOnTheTailPage_IsSeen()
    {
        var rig = new DevmapRig<X64>(PopulateTests.Options(1024 + 64, 2048, 1024));
        DaxDevice<X64> device = rig.Plug();
        ulong head = device.FirstPfn + (1UL << 18);
        EntryPlace last = Find(rig, head - 1);
        rig.Machine.Memory.WriteWord(Find(rig, head).Address, last.Entry);
        Fails("is mapped by page", () => rig.Check(device));
    }

    [Fact]
    public void AReadOnlyTail_IsSeen()
    {
        (DevmapRig<X64> rig, DaxDevice<X64> device, DevmapPiece[] pieces) = Gigantic(shares: false);
        EntryPlace place = Find(rig, pieces[0].Pfn + 640);
        rig.Machine.Memory.WriteWord(place.Address, place.Entry & ~2UL);
        Fails("is read-only", () => rig.Check(device));
    }

    /// <summary>
    /// The head is fetched before the frame is known to be the device's data: the struct page was never initialised, and leads nowhere.
    /// </summary>
    [Fact]
    public void FetchingTheHeadFirst_LeavesVmemmap()
    {
        var rig = new DevmapRig<X64>(PopulateTests.Options(1024, 128, 2) with { StructPagesOnDevice = true });
        DaxDevice<X64> device = rig.Plug();
        Assert.Equal(AccessResult.Done, HeadLookup.TryPointer(rig.Machine, rig.Cpu, device.FirstPfn, out ulong head));
        Expect.None(rig.Machine);
        new FolioHead<X64>(rig.Cpu, head).MarkPoisoned();
        Expect.Only(rig.Machine, ViolationKind.Unmapped);
    }

    /// <summary>An offset that is aligned up is the next page's: a memory error would unmap that one.</summary>
    [Fact]
    public void AligningUp_UnmapsTheNextPage()
    {
        var rig = new DevmapRig<X64>(PopulateTests.Options(1024, 128, 2));
        DaxDevice<X64> device = rig.Plug();
        var vma = new DaxVma(1UL << 40, (1UL << 40) + (64UL << 20), 0, 0xffff888000000000);
        ulong address = vma.Start + (2UL << 20) + 4096;
        DaxFault fault = device.Fault(rig.Cpu, vma, address);
        ulong right = device.MemoryFailure(rig.Cpu, fault.Pfn).FileOffset;
        ulong up = (((address + (2UL << 20) - 1) & ~((2UL << 20) - 1)) - vma.Start) >> 12;
        rig.Cpu.WriteWord(rig.Machine.Vmemmap.AddressOf(fault.Pfn) + 32, up);
        Assert.Equal((2UL << 20, 4UL << 20), (right, device.MemoryFailure(rig.Cpu, fault.Pfn).FileOffset));
    }

    /// <summary>
    /// Frames are given back while a CPU may still reach them, by hand: the machine sees it. Teardown flushes
    /// first, or every test of it would.
    /// </summary>
    [Fact]
    public void FreeingBeforeTheFlush_IsSeen()
    {
        (DevmapRig<X64> rig, DaxDevice<X64> device, DevmapPiece[] pieces) = Gigantic(shares: false);
        Cpu<X64> other = rig.Machine.Cpus[1];
        ulong address = rig.Machine.Vmemmap.AddressOf(pieces[0].Pfn);
        other.ReadWord(address);
        EntryPlace place = Find(rig, pieces[0].Pfn);
        rig.Machine.Memory.WriteWord(place.Address, 0);
        rig.Machine.PageAllocator.FreeFrame(rig.Cpu, KernelPageTables<X64>.FrameOf(place.Entry), FrameUse.Vmemmap);
        other.ReadWord(address);
        Expect.Only(rig.Machine, ViolationKind.StaleTranslation);
    }

    private static (DevmapRig<X64> Rig, DaxDevice<X64> Device, DevmapPiece[] Pieces) Gigantic(bool shares)
    {
        var rig = new DevmapRig<X64>(PopulateTests.Options(1024, 1024, 1024) with { SharesTables = shares });
        DaxDevice<X64> device = rig.Plug();
        return (rig, device, [.. device.Pieces]);
    }

    private static EntryPlace Find(DevmapRig<X64> rig, ulong pfn)
    {
        Assert.True(rig.Machine.Vmemmap.TryPageOf(rig.Machine.Vmemmap.AddressOf(pfn), out long page));
        return rig.Machine.PageTables.Find(page);
    }

    private static ulong TableOf(DevmapRig<X64> rig, DevmapPiece piece) => Find(rig, piece.Pfn).Address >> 12;

    private static ulong TailOf(DevmapRig<X64> rig, DevmapPiece piece) => KernelPageTables<X64>.FrameOf(Find(rig, piece.Pfn).Entry);

    private static void SetReferences(DevmapRig<X64> rig, ulong frame, int references)
    {
        ulong address = rig.Machine.Vmemmap.AddressOf(frame) + CountOffset;
        rig.Cpu.WriteWord(address, (uint)rig.Cpu.ReadWord(address) | ((ulong)references << 32));
    }

    private static void Fails(string reason, Action check) =>
        Assert.Contains(reason, Assert.ThrowsAny<XunitException>(check).Message, StringComparison.Ordinal);

    private sealed class TailWrite : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            const ulong PrivateOffset = 40;
            const ulong Mark = 0x5ca1ab1e;
            var rig = new DevmapRig<TArch>(PopulateTests.Options(1024, 128, 2));
            DaxDevice<TArch> device = rig.Plug();

            // Struct page 3 of the third page of vmemmap: an alias. That of the second page is where it lives.
            VmemmapRegion region = rig.Machine.Vmemmap;
            Assert.True(rig.Cpu.WriteWord(region.AddressOf(device.FirstPfn + 64 + 3) + PrivateOffset, 0));
            Expect.None(rig.Machine);
            ulong tail = region.AddressOf(device.FirstPfn + 128 + 3);
            Assert.True(rig.Cpu.WriteWord(tail + PrivateOffset, Mark) || rig.Machine.Violations.Count > 0);
            Expect.Only(rig.Machine, ViolationKind.WriteThroughAlias, count: 1);
            for (ulong page = 0; page < 8; page++)
            {
                ulong seen = rig.Machine.Cpus[1].ReadWord(region.AddressOf(device.FirstPfn + (page * 64) + 3) + PrivateOffset);
                Assert.Equal(page == 0 ? 0 : Mark, seen);
            }

            return true;
        }
    }
}
