using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Machine;

/// <summary>What a CPU sees through its TLB, and what of it is reported.</summary>
public class TlbTests
{
    private const long Page = 5;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AFreedFrame_IsStaleUntilTheFlush(bool flushedBefore)
    {
        Machine<X64> machine = Make<X64>(VmemmapMapping.BasePages);
        VmemmapRemapper<X64> vmemmap = new(machine);
        Cpu<X64> cpu = machine.Cpus[0];
        Cpu<X64> other = machine.Cpus[1];
        ulong address = machine.Vmemmap.AddressOfPage(Page);
        ulong flags = other.ReadWord(address);
        ulong old = Move(vmemmap, Page);
        if (flushedBefore)
        {
            vmemmap.FlushRange(cpu, Page, Page);
        }

        Assert.Equal(flags, other.ReadWord(address));
        vmemmap.FreeFrame(cpu, old, FrameUse.Vmemmap);
        ulong seen = other.ReadWord(address);
        if (flushedBefore)
        {
            Assert.Equal(flags, seen);
            Assert.Equal(0, machine.Violations.Count);
            return;
        }

        // What a freed frame has: PAGE_POISON.
        Assert.Equal(0xaaaa_aaaa_aaaa_aaaaUL, seen);
        Assert.Equal([new Violation(ViolationKind.StaleTranslation, 1, address, old)], machine.Violations.First);

        // Used again, it is still not this page's; a CPU that had cached nothing is not concerned.
        Assert.True(machine.PageAllocator.TryAllocate(cpu, 0, 0, AllocationPurpose.Other, true, out _));
        other.ReadWord(address);
        Assert.Equal(2, machine.Violations.Count);
        Assert.Equal(flags, machine.Cpus[2].ReadWord(address));
        vmemmap.FlushRange(cpu, Page, Page);
        Assert.Equal(flags, other.ReadWord(address));
        Assert.Equal(2, machine.Violations.Count);
    }

    [Fact]
    public void ABlockThatWasSplit_IsCachedUntilTheFlush()
    {
        Machine<X64> machine = Make<X64>(VmemmapMapping.Blocks);
        VmemmapRemapper<X64> vmemmap = new(machine);
        Cpu<X64> other = machine.Cpus[1];
        ulong address = machine.Vmemmap.AddressOfPage(Page);
        ulong neighbour = machine.Vmemmap.AddressOfPage(Page + 1);

        // It has looked at another page of the block, and so has cached them all.
        other.ReadWord(machine.Vmemmap.AddressOfPage(511));
        Assert.True(vmemmap.TrySplit(machine.Cpus[0], Page, Page, 0, flush: false));
        ulong old = Move(vmemmap, Page);
        vmemmap.FreeFrame(machine.Cpus[0], old, FrameUse.Vmemmap);
        other.ReadWord(neighbour);
        Assert.Equal(0, machine.Violations.Count);
        other.ReadWord(address);
        Assert.Equal([new Violation(ViolationKind.StaleTranslation, 1, address, old)], machine.Violations.First);
        vmemmap.FlushRange(machine.Cpus[0], Page, Page);
        other.ReadWord(address);
        Assert.Equal(1, machine.Violations.Count);
        Assert.True(other.TryPeekTlb(Page, out TlbEntry entry) && !entry.IsBlock);
        Assert.False(other.TryPeekTlb(Page + 1, out _));
    }

    [Fact]
    public void AWriteToAReadOnlyPage_FaultsAndChangesNothing()
    {
        Machine<X64> machine = Make<X64>(VmemmapMapping.BasePages);
        VmemmapRemapper<X64> vmemmap = new(machine);
        Cpu<X64> cpu = machine.Cpus[0];
        ulong frame = vmemmap.FrameAt(Page);
        ulong address = machine.Vmemmap.AddressOfPage(Page);
        Assert.True(cpu.WriteWord(address + 32, 7));
        machine.PageTables.WritePage(cpu, machine.PageTables.Find(Page).Address, Page, VmemmapRemapper<X64>.ReadOnly(frame));

        // The TLB still allows it until it is flushed.
        Assert.True(cpu.WriteWord(address + 32, 8));
        vmemmap.FlushAll(cpu);
        Assert.False(cpu.WriteWord(address + 32, 9));
        Assert.False(cpu.CompareExchangeWord(address + 32, 9, 8, out _));
        Assert.False(cpu.WriteStructPage(Page * 64, default));
        Assert.Equal(8UL, cpu.ReadWord(address + 32));
        Assert.Equal([ViolationKind.WriteToReadOnly], machine.Violations.First.Select(v => v.Kind).Distinct());
        Assert.Equal(3, machine.Violations[ViolationKind.WriteToReadOnly]);
    }

    // No PAGE_KERNEL_RO there: nothing stops the write, and every struct page of the other page changes.
    [Fact]
    public void AWriteThroughAnAliasOnRiscV_IsDoneAndReported()
    {
        Machine<RiscV64Sv48> machine = Make<RiscV64Sv48>(VmemmapMapping.BasePages);
        VmemmapRemapper<RiscV64Sv48> vmemmap = new(machine);
        Cpu<RiscV64Sv48> cpu = machine.Cpus[0];
        ulong frame = vmemmap.FrameAt(Page);
        machine.PageTables.WritePage(cpu, machine.PageTables.Find(Page + 1).Address, Page + 1, VmemmapRemapper<RiscV64Sv48>.ReadOnly(frame));
        vmemmap.FlushAll(cpu);
        ulong owner = machine.Vmemmap.AddressOfPage(Page) + 32;
        ulong alias = machine.Vmemmap.AddressOfPage(Page + 1) + 32;
        Assert.True(cpu.WriteWord(owner, 3));
        Assert.Equal(3UL, cpu.ReadWord(alias));
        Assert.Equal(0, machine.Violations.Count);
        Assert.True(cpu.WriteWord(alias, 4));
        Assert.Equal(4UL, cpu.ReadWord(owner));
        Assert.Equal([new Violation(ViolationKind.WriteThroughAlias, 0, alias, frame)], machine.Violations.First);
    }

    [Fact]
    public void OnArm64_ALiveEntryIsBrokenAndFlushedFirst()
    {
        Assert.Equal(0, Remapped<X64>(breaks: false, flushes: false));
        Assert.Equal(1, Remapped<Arm64K4Va48>(breaks: false, flushes: false));
        Assert.Equal(1, Remapped<Arm64K4Va48>(breaks: true, flushes: false));
        Assert.Equal(0, Remapped<Arm64K4Va48>(breaks: true, flushes: true));
        Assert.Equal(1, Remapped<Arm64K64Va52>(breaks: false, flushes: false));
        Assert.Equal(0, Remapped<Arm64K64Va52>(breaks: true, flushes: true));
    }

    [Fact]
    public void OnArm64_PermissionsMayChangeAndBlocksMayNot()
    {
        Machine<Arm64K4Va48> machine = Make<Arm64K4Va48>(VmemmapMapping.Blocks);
        VmemmapRemapper<Arm64K4Va48> vmemmap = new(machine);
        Assert.True(vmemmap.TrySplit(machine.Cpus[0], Page, Page, 0, flush: true));
        Assert.Equal(1, machine.Violations[ViolationKind.NoBreakBeforeMake]);
        ulong frame = vmemmap.FrameAt(Page);
        machine.PageTables.WritePage(machine.Cpus[0], machine.PageTables.Find(Page).Address, Page, VmemmapRemapper<Arm64K4Va48>.ReadOnly(frame));
        Assert.Equal(1, machine.Violations.Count);
    }

    [Fact]
    public void AnAddressOutsideVmemmap_IsReported()
    {
        Machine<X64> machine = Make<X64>(VmemmapMapping.Default);
        foreach (ulong address in new[] { 0UL, machine.Vmemmap.Start - 8, machine.Vmemmap.AddressOfPage(machine.Vmemmap.Pages), ulong.MaxValue - 7 })
        {
            Assert.Equal(AccessResult.Faulted, machine.Cpus[0].TryReadWord(address, out _));
            Assert.Equal(new Violation(ViolationKind.Unmapped, 0, address, 0), machine.Violations.First[^1]);
        }
    }

    [Fact]
    public void TheLog_CountsAllAndKeepsTheFirst()
    {
        Machine<X64> machine = Make<X64>(VmemmapMapping.Default);
        for (int i = 0; i < ViolationLog.Kept + 10; i++)
        {
            machine.Cpus[i % 3].TryReadWord((ulong)i * 8, out _);
        }

        Assert.Equal(ViolationLog.Kept + 10, machine.Violations.Count);
        Assert.Equal(ViolationLog.Kept, machine.Violations.First.Count);
        Assert.Equal(new Violation(ViolationKind.Unmapped, 1, 8 * 1021, 0), machine.Violations.First[1021]);
        Assert.Equal("Unmapped: CPU 1, address 0x1fe8, frame 0x0", machine.Violations.First[1021].ToString());
    }

    private static Machine<TArch> Make<TArch>(VmemmapMapping mapping)
        where TArch : struct, IArchitecture => new(MachineOptions.OfSize(OnMachine.Section<TArch>()) with
        {
            Cpus = 3,
            VmemmapMapping = mapping,
            BreakBeforeMake = BreakBeforeMakePolicy.Ignore,
        });

    // Maps a page of vmemmap to a copy of its frame; nothing is flushed.
    private static ulong Move<TArch>(VmemmapRemapper<TArch> vmemmap, long page)
        where TArch : struct, IArchitecture
    {
        Machine<TArch> machine = vmemmap.Machine;
        Cpu<TArch> cpu = machine.Cpus[0];
        ulong old = vmemmap.FrameAt(page);
        Assert.True(vmemmap.TryAllocateFrame(cpu, 0, AllocationPurpose.VmemmapRestore, true, out ulong made));
        vmemmap.CopyFrame(cpu, old, made);
        machine.PageTables.WritePage(cpu, machine.PageTables.Find(page).Address, page, VmemmapRemapper<TArch>.Writable(made));
        return old;
    }

    private static long Remapped<TArch>(bool breaks, bool flushes)
        where TArch : struct, IArchitecture
    {
        Machine<TArch> machine = Make<TArch>(VmemmapMapping.BasePages);
        VmemmapRemapper<TArch> vmemmap = new(machine);
        Cpu<TArch> cpu = machine.Cpus[0];
        machine.Cpus[2].ReadWord(machine.Vmemmap.AddressOfPage(Page));
        Assert.True(vmemmap.TryAllocateFrame(cpu, 0, AllocationPurpose.VmemmapRestore, true, out ulong made));
        ulong entry = machine.PageTables.Find(Page).Address;
        if (breaks)
        {
            machine.PageTables.Clear(cpu, entry);
        }

        if (flushes)
        {
            vmemmap.FlushRange(cpu, Page, Page);
        }

        machine.PageTables.WritePage(cpu, entry, Page, VmemmapRemapper<TArch>.Writable(made));
        Assert.Equal(machine.Violations.Count, machine.Violations[ViolationKind.NoBreakBeforeMake]);
        return machine.Violations.Count;
    }
}
