using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Machine;

/// <summary>Memory that comes and goes leaves nothing behind, wherever an allocation fails.</summary>
public class HotplugTests
{
    public static TheoryData<string, bool, VmemmapMapping> Plugs()
    {
        var data = new TheoryData<string, bool, VmemmapMapping>();
        foreach (string name in Facts.ArchitectureNames.All)
        {
            foreach (bool selfHosted in new[] { false, true })
            {
                data.Add(name, selfHosted, VmemmapMapping.Default);
            }
        }

        data.Add("x86-64", true, VmemmapMapping.BasePages);
        data.Add("x86-64", false, VmemmapMapping.BasePages);
        return data;
    }

    [Theory]
    [MemberData(nameof(Plugs))]
    public void PluggedMemory_GoesWithoutATrace(string architecture, bool selfHosted, VmemmapMapping mapping) =>
        OnMachine.Run(architecture, new RoundTrip(selfHosted, mapping));

    [Theory]
    [MemberData(nameof(Plugs))]
    public void APlugThatFails_LeavesNothing(string architecture, bool selfHosted, VmemmapMapping mapping) =>
        OnMachine.Run(architecture, new Failing(selfHosted, mapping));

    // Two sections have 1024 pages of struct pages: two blocks in a table that boot made, or two new tables and their entries.
    [Theory]
    [InlineData(VmemmapMapping.Default, 2, 0)]
    [InlineData(VmemmapMapping.BasePages, 2 * (512 + 1), 2)]
    public void EntriesThatArePlugged_AreCounted(VmemmapMapping mapping, long entries, long tables)
    {
        Machine<X64> machine = Make<X64>(mapping);
        Cpu<X64> cpu = machine.Cpus[0];
        Assert.Equal(0, machine.Count().PteWrites);
        Assert.True(machine.Hotplug.TryPlug(cpu, 4UL << 30, 2UL << 27, 0));
        OperationCounters plugged = machine.Count();
        Assert.Equal((entries, tables), (plugged.PteWrites, plugged.PageTablesAllocated));
        Assert.True(machine.Hotplug.TryOffline(cpu, 4UL << 30, 2UL << 27));
        machine.Hotplug.Unplug(cpu, 4UL << 30, 2UL << 27);
        OperationCounters unplugged = machine.Count().Since(in plugged);
        Assert.Equal((entries, tables), (unplugged.PteWrites, unplugged.PageTablesFreed));
    }

    [Fact]
    public void MemoryInUse_StaysOnline()
    {
        Machine<X64> machine = Make<X64>(VmemmapMapping.Default);
        Cpu<X64> cpu = machine.Cpus[0];
        Assert.True(machine.Hotplug.TryPlug(cpu, 4UL << 30, 2UL << 27, 0, ZoneKind.Movable));
        Assert.True(machine.PageAllocator.TryAllocate(cpu, 0, 0, AllocationPurpose.Other, true, out ulong used));

        // The lowest frame of the movable zone, the one looked at first: in the first section.
        Assert.Equal((4UL << 30) >> 12, used);
        long[] before = OnMachine.Books(machine);
        Assert.False(machine.Hotplug.TryOffline(cpu, 4UL << 30, 2UL << 27));
        Assert.Equal(before, OnMachine.Books(machine));
        Assert.True(machine.Sections.IsOnline(used));
        Assert.True(machine.Hotplug.TryOffline(cpu, (4UL << 30) + (1UL << 27), 1UL << 27));
        machine.Hotplug.Online((4UL << 30) + (1UL << 27), 1UL << 27);
        Assert.Equal(before, OnMachine.Books(machine));
        machine.PageAllocator.FreeFrame(cpu, used, FrameUse.Other);
        Assert.True(machine.Hotplug.TryOffline(cpu, 4UL << 30, 2UL << 27));
        Assert.False(machine.Sections.IsOnline(used));
        Assert.Equal(0, machine.Violations.Count);
    }

    [Fact]
    public void AStructPageOfUnpluggedMemory_IsUnmappedForEveryCpu()
    {
        Machine<X64> machine = Make<X64>(VmemmapMapping.Default);
        Assert.True(machine.Hotplug.TryPlug(machine.Cpus[0], 4UL << 30, 1UL << 27, 0, ZoneKind.Normal, selfHosted: true));
        ulong pfn = (4UL << 30) >> 12;

        // 32768 struct pages of 64 bytes are in the section's own first 512 frames.
        Assert.Equal(1, machine.Cpus[1].ReadStructPage(pfn + 511).RefCount);
        Assert.Equal(0, machine.Cpus[1].ReadStructPage(pfn + 512).RefCount);
        Assert.NotEqual(0UL, machine.Cpus[1].ReadStructPage(pfn).Flags & PageFlags.VmemmapSelfHosted);
        Assert.True(machine.Hotplug.TryOffline(machine.Cpus[0], 4UL << 30, 1UL << 27));
        machine.Hotplug.Unplug(machine.Cpus[0], 4UL << 30, 1UL << 27);
        Assert.Equal(0, machine.Violations.Count);
        Assert.Equal(AccessResult.Faulted, machine.Cpus[1].TryReadWord(machine.Vmemmap.AddressOf(pfn), out _));
        Assert.Equal(ViolationKind.Unmapped, Assert.Single(machine.Violations.First).Kind);
    }

    [Fact]
    public void WhatCannotComeOrGo_IsNamed()
    {
        Machine<X64> machine = Make<X64>(VmemmapMapping.Default);
        Cpu<X64> cpu = machine.Cpus[0];
        Assert.Contains("nodes 0 to 0", Assert.Throws<ArgumentException>("node", () => machine.Hotplug.TryPlug(cpu, 4UL << 30, 1UL << 27, 1)).Message, StringComparison.Ordinal);
        foreach ((ulong start, ulong bytes) in new[] { (4UL << 30, 0UL), (1UL << 26, 1UL << 27), (4UL << 30, 4096UL), (8UL << 30, 1UL << 27), (ulong.MaxValue << 27, 1UL << 27) })
        {
            string message = Assert.Throws<ArgumentException>("bytes", () => machine.Hotplug.TryPlug(cpu, start, bytes, 0)).Message;
            Assert.Contains($"{bytes} bytes", message, StringComparison.Ordinal);
            Assert.Contains($"0x{start:x}", message, StringComparison.Ordinal);
            Assert.Contains("134217728", message, StringComparison.Ordinal);
        }

        Assert.Contains("0x0 already", Assert.Throws<ArgumentException>(() => machine.Hotplug.TryPlug(cpu, 0, 1UL << 27, 0)).Message, StringComparison.Ordinal);
        Assert.Contains("Online, not Offline", Assert.Throws<ArgumentException>(() => machine.Hotplug.Unplug(cpu, 0, 1UL << 27)).Message, StringComparison.Ordinal);
        Assert.Contains("Absent, not Online", Assert.Throws<ArgumentException>(() => machine.Hotplug.TryOffline(cpu, 4UL << 30, 1UL << 27)).Message, StringComparison.Ordinal);
    }

    // Plugged in at 4G, where most of these architectures need tables that nothing else needs.
    private static Machine<TArch> Make<TArch>(VmemmapMapping mapping)
        where TArch : struct, IArchitecture => new(MachineOptions.OfSize(OnMachine.Section<TArch>()) with
        {
            Cpus = 2,
            VmemmapMapping = mapping,
            HotplugLimit = 8UL << 30,
        });

    private sealed class RoundTrip(bool selfHosted, VmemmapMapping mapping) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            Machine<TArch> machine = Make<TArch>(mapping);
            ulong start = 4UL << 30;
            ulong bytes = 2 * OnMachine.Section<TArch>();
            long frames = (long)(bytes >> TArch.PageShift);
            long[] before = OnMachine.Books(machine);
            long[] orders = machine.FreeByOrder();
            for (int round = 0; round < 2; round++)
            {
                Assert.True(machine.Hotplug.TryPlug(machine.Cpus[0], start, bytes, 0, ZoneKind.Normal, selfHosted));
                Assert.Equal(before.Sum() + frames, machine.Books.Total);
                Assert.Equal(before[(int)FrameUse.Vmemmap] + (frames * 64 >> TArch.PageShift), machine.Books[FrameUse.Vmemmap]);
                Assert.Equal(machine.Books[FrameUse.Free], OnMachine.FreeInZones(machine));
                for (ulong pfn = start >> TArch.PageShift; pfn < (start + bytes) >> TArch.PageShift; pfn += 97)
                {
                    StructPage page = machine.Cpus[1].ReadStructPage(pfn);
                    Assert.Equal((0, 1), (page.Node, page.Zone));
                    Assert.Equal(machine.Nodes[0].Zones[1].IsFree(pfn), page.RefCount == 0);
                }

                Assert.True(machine.Hotplug.TryOffline(machine.Cpus[0], start, bytes));
                machine.Hotplug.Unplug(machine.Cpus[0], start, bytes);
                Assert.Equal(before, OnMachine.Books(machine));
                Assert.Equal(orders, machine.FreeByOrder());
            }

            // Each entry is written once and cleared once, and so is the one that leads to each table.
            OperationCounters counters = machine.Count();
            long entries = (frames * 64 >> TArch.PageShift) / (machine.MapsVmemmapByBlocks ? 512 : 1);
            Assert.Equal(counters.PageTablesAllocated, counters.PageTablesFreed);
            Assert.Equal(2 * 2 * (entries + (counters.PageTablesAllocated / 2)), counters.PteWrites);
            Assert.Equal(0, machine.Violations.Count);
            return true;
        }
    }

    private sealed class Failing(bool selfHosted, VmemmapMapping mapping) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            Machine<TArch> machine = Make<TArch>(mapping);
            ulong start = 4UL << 30;
            ulong bytes = 2 * OnMachine.Section<TArch>();
            long[] before = OnMachine.Books(machine);
            long[] orders = machine.FreeByOrder();
            int failures = 0;
            for (long fail = 0; ; fail = fail < 12 ? fail + 1 : fail + 101)
            {
                // From the n-th allocation on: a block that fails may still be made of pages.
                long first = machine.PageAllocator.Attempts + fail;
                machine.PageAllocator.Fail = attempt => attempt.Number >= first;
                bool plugged = machine.Hotplug.TryPlug(machine.Cpus[0], start, bytes, 0, ZoneKind.Normal, selfHosted);
                machine.PageAllocator.Fail = null;
                if (plugged)
                {
                    // An architecture whose tables are all there already needs no memory for a section that hosts itself.
                    Assert.True(failures > 0 || selfHosted);
                    Assert.True(machine.Hotplug.TryOffline(machine.Cpus[0], start, bytes));
                    machine.Hotplug.Unplug(machine.Cpus[0], start, bytes);
                }

                failures++;
                Assert.Equal(before, OnMachine.Books(machine));
                Assert.Equal(orders, machine.FreeByOrder());
                Assert.False(machine.Sections.IsOnline(start >> TArch.PageShift));
                if (plugged)
                {
                    break;
                }
            }

            Assert.Equal(0, machine.Violations.Count);
            return true;
        }
    }
}
