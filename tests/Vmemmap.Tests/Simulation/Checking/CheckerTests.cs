using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Optimizer;
using Xunit.Sdk;

namespace Vmemmap.Tests.Simulation.Checking;

/// <summary>The checker sees what is wrong: each way to break a machine fails for its own reason.</summary>
public class CheckerTests
{
    [Fact]
    public void ALostFrame_IsSeen() => Fails("HugePage", rig => rig.Pages.RemoveAt(1));

    [Fact]
    public void AFrameInTwoPlaces_IsSeen() => Fails(
        "The free blocks have", rig => rig.Machine.ZoneOf(0).Free(rig.Remapper.FrameAt(rig.Pages[0].FirstVmemmapPage), 0));

    [Fact]
    public void AWritableAlias_IsSeen() => Fails("is writable", rig => SetEntry(rig, 3, rig.Remapper.FrameAt(First(rig)), writable: true));

    [Fact]
    public void AReadOnlyHead_IsSeen() => Fails("is read-only", rig => SetEntry(rig, 0, rig.Remapper.FrameAt(First(rig)), writable: false));

    [Fact]
    public void AnAliasOfAnotherFolio_IsSeen() => Fails(
        "which is no alias of it", rig => SetEntry(rig, 3, rig.Remapper.FrameAt(rig.Pages[1].FirstVmemmapPage), writable: true));

    [Fact]
    public void AFlagThatLies_IsSeen() => Fails("HPG_vmemmap_optimized", rig => rig.Pages[0].Writable[0].HugeTlbFlags = HugeTlbFlags.None);

    [Fact]
    public void AWrongHead_IsSeen() => Fails("The head of", rig => rig.Pages[0].Writable[17].CompoundInfo += 64);

    [Fact]
    public void AWrongTail_IsSeen() => Fails("at offset 24", rig => rig.Pages[1].Writable[300].Mapping = 0);

    [Fact]
    public void ATailWithReferences_IsSeen() => Fails("at offset 48", rig => rig.Pages[1].Writable[2].RefCount = 1);

    [Fact]
    public void AnotherNode_IsSeen() => Fails("at offset 0", rig => rig.Pages[1].Writable[500].Flags ^= 1UL << 54);

    [Fact]
    public void AStaleTranslation_IsSeen() => Fails("CPU 2", rig =>
    {
        SetEntry(rig, 3, rig.Machine.PageTables.Root >> 12, writable: false);
        rig.Machine.Cpus[2].TryReadWord(rig.Machine.Vmemmap.AddressOfPage(First(rig) + 3), out _);
        SetEntry(rig, 3, rig.Remapper.FrameAt(First(rig)), writable: false);
    });

    [Fact]
    public void AStructPageThatIsNotFree_IsSeen() => Fails("is free; its struct page", rig =>
    {
        Assert.True(rig.Machine.PageAllocator.TryAllocate(rig.Cpu, 0, 0, AllocationPurpose.Other, thisNode: true, out ulong pfn));
        StructPage used = rig.Cpu.ReadStructPage(pfn);
        rig.Machine.PageAllocator.FreeFrame(rig.Cpu, pfn, FrameUse.Other);
        rig.Cpu.WriteStructPage(pfn, in used);
    });

    private static long First(OptimizerRig<X64, ReserveOne> rig) => rig.Pages[0].FirstVmemmapPage;

    private static void SetEntry(OptimizerRig<X64, ReserveOne> rig, long page, ulong frame, bool writable) =>
        rig.Machine.Memory.WriteWord(rig.Machine.PageTables.Find(First(rig) + page).Address, X64.MakeLeaf(3, frame << 12, writable));

    // One huge page is optimized, the other is whole.
    private static void Fails(string reason, Action<OptimizerRig<X64, ReserveOne>> wreck)
    {
        OptimizerRig<X64, ReserveOne> rig = OptimizerRig<X64, ReserveOne>.OfSize(1UL << 28);
        rig.TakeFirst(X64.Huge2M.Value, 2);
        Assert.True(rig.TryOptimize(rig.Pages[0]));
        rig.Check();
        rig.Machine.Cpus[0].FlushAll();
        wreck(rig);
        FailException failed = Assert.Throws<FailException>(() => rig.Checker.Check(rig.Pages));
        Assert.Contains(reason, failed.Message, StringComparison.Ordinal);
    }
}
