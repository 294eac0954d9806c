using Vmemmap.Devmap;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Machine;

namespace Vmemmap.Tests.Simulation.Devmap;

/// <summary>Devices come and go in every geometry, and leave nothing behind.</summary>
public class PopulateTests
{
    private const ulong Mega = 1UL << 20;

    [Theory]
    [MemberData(nameof(DevmapCases.All), MemberType = typeof(DevmapCases))]
    public void ADevice_ComesAndGoes(string architecture, int start, int size, int align, bool shares, int structPageSize) => OnMachine.Run(
        architecture, new ComeAndGo(Options(start, size, align) with { SharesTables = shares }, structPageSize));

    [Theory]
    [InlineData("x86-64", 1024, 256, 0)]
    [InlineData("x86-64", 1024, 256, 2)]
    [InlineData("x86-64", 1024, 130, 2)]
    [InlineData("x86-64", 1024, 136, 0)]
    [InlineData("x86-64", 1024 + 124, 136, 2)]
    [InlineData("arm64-4k", 1024, 256, 2)]
    [InlineData("arm64-4k", 1024, 160, 32)]
    [InlineData("arm64-16k", 1024, 256, 32)]
    [InlineData("riscv64-sv48", 1024, 258, 2)]
    public void StructPagesOnTheDevice_ComeAndGo(string architecture, int start, int size, int align) => OnMachine.Run(
        architecture, new ComeAndGo(Options(start, size, align) with { StructPagesOnDevice = true }, 64));

    /// <summary>
    /// Any device with more than what its struct pages and what describes it take, rounded up to 2M, can hold them: none comes to nothing.
    /// </summary>
    [Theory]
    [InlineData(1024, 64)]
    [InlineData(1024 + 6, 64)]
    [InlineData(1024 + 124, 64)]
    [InlineData(1024, 56)]
    [InlineData(1024 + 124, 80)]
    public void StructPagesOnTheDevice_FitAtEverySize(int start, int structPageSize)
    {
        var machine = new Machine<X64>(new MachineOptions
        {
            Memory = [new NodeMemory(0, 0, 256 * Mega)],
            StructPageSize = structPageSize,
            HotplugLimit = 2048 * Mega,
        });
        long[] before = OnMachine.Books(machine);
        for (int size = 4; size <= 400; size += structPageSize == 64 ? 2 : 18)
        {
            DaxDeviceOptions options = Options(start, size, 2) with { StructPagesOnDevice = true };
            Assert.True(DaxDevice<X64>.TryPlug(machine.Cpus[0], options, out DaxDevice<X64>? device), $"{size}M");
            Assert.True(device.TryUnplug(machine.Cpus[0]));
            Assert.Equal(before, OnMachine.Books(machine));
        }

        Assert.Empty(machine.Violations.First);
    }

    /// <summary>
    /// Whole sections are mapped by blocks though their struct pages fill no whole ones (8 sections of 1.75M or of 2.5M are 7 or 10
    /// blocks), and parts of a section by pages though their struct pages fill one: 64M of 4K pages have 2M of struct pages of 128 bytes
    /// (6.12 arch/x86/mm/init_64.c:1559-1576).
    /// </summary>
    [Theory]
    [InlineData(1024, 1024, 56, 7 * 512, 0)]
    [InlineData(1024, 1024, 80, 10 * 512, 0)]
    [InlineData(1024, 64, 128, 512, 1)]
    [InlineData(1024, 128, 128, 1024, 0)]
    public void BasePages_AreMappedByBlocks_WhereSectionsAreWhole(int start, int size, int structPageSize, long frames, long tables)
    {
        var rig = new DevmapRig<X64>(Options(start, size, 0), structPageSize);
        DevmapWalk walk = DevmapWalk.Of(rig.Plug());
        Assert.Equal((frames, tables), (walk.Frames, walk.LastLevelTables));
    }

    /// <summary>A block that two sections have a part of goes with the second of them, in whatever order they go.</summary>
    [Theory]
    [InlineData(56)]
    [InlineData(80)]
    public void ASharedBlock_GoesWithItsLastSection(int structPageSize)
    {
        var random = new Random(structPageSize);
        var rig = new DevmapRig<X64>(Options(1024, 1024, 0), structPageSize);
        for (int round = 0; round < 10; round++)
        {
            DaxDevice<X64> device = rig.Plug();
            DevmapPiece[] pieces = [.. device.Pieces];
            random.Shuffle(pieces);
            for (int i = 0; i < pieces.Length; i++)
            {
                device.Remove(rig.Cpu, pieces[i]);
                foreach (DevmapPiece left in pieces[(i + 1)..])
                {
                    Assert.Equal(EntryKind.Leaf, KindOf(left.Pfn));
                    Assert.Equal(EntryKind.Leaf, KindOf(left.Pfn + left.Frames - 1));
                }
            }

            Assert.True(device.TryUnplug(rig.Cpu));
            rig.AssertAsBefore();
        }

        EntryKind KindOf(ulong pfn) => rig.Machine.Vmemmap.TryPageOf(rig.Machine.Vmemmap.AddressOf(pfn), out long page)
            ? rig.Machine.PageTables.Find(page).Kind
            : EntryKind.NotPresent;
    }

    /// <summary>A request of nothing is refused as any other that cannot be, and not by a division.</summary>
    [Theory]
    [InlineData(0UL, 2UL, "A device of 0 bytes")]
    [InlineData(128UL, 0UL, "A device in pages of 0 bytes")]
    public void ARequestOfNothing_IsRefused(ulong size, ulong align, string reason) => Assert.StartsWith(
        reason,
        Assert.Throws<SimulationRefusedException>(
            () => PlugAndPin.Run(new DaxRequest { Architecture = "x86-64", DeviceBytes = size * Mega, AlignBytes = align * Mega })).Message,
        StringComparison.Ordinal);

    /// <summary>A CPU of another machine is refused before anything changes.</summary>
    [Fact]
    public void ACpuOfAnotherMachine_IsRefused()
    {
        var rig = new DevmapRig<X64>(Options(1024, 256, 2));
        Cpu<X64> other = new DevmapRig<X64>(Options(1024, 256, 2), check: false).Cpu;
        DaxDevice<X64> device = rig.Plug();
        Assert.Throws<ArgumentException>("cpu", () => device.TryUnplug(other));
        Assert.Throws<ArgumentException>("cpu", () => device.Pin(other, device.DataPfn, 1));
        Assert.Throws<ArgumentException>("cpu", () => device.Unpin(other, device.DataPfn, 1));
        Assert.Throws<ArgumentException>("cpu", () => device.IsIdle(other, device.DataPfn));
        Assert.Throws<ArgumentException>("cpu", () => device.MemoryFailure(other, device.DataPfn));
        var vma = new DaxVma(1UL << 40, (1UL << 40) + (2 * Mega), 0, 1);
        Assert.Throws<ArgumentException>("cpu", () => device.Fault(other, vma, vma.Start));
        rig.Check(device);
        Assert.True(device.TryUnplug(rig.Cpu));
        rig.AssertAsBefore();
    }

    /// <summary>Where vmemmap is not mapped by blocks, base pages have last-level tables too.</summary>
    [Fact]
    public void OnBasePages_ADevice_ComesAndGoes()
    {
        var rig = new DevmapRig<X64>(Options(1024, 256, 0), mapping: VmemmapMapping.BasePages);
        DaxDevice<X64> device = rig.Plug();
        rig.Check(device);
        DevmapWalk walk = DevmapWalk.Of(device);
        Assert.Equal((1024, 2), (walk.Frames, walk.LastLevelTables));
        Assert.True(device.TryUnplug(rig.Cpu));
        rig.AssertAsBefore();
    }

    /// <summary>Two devices beside each other, and memory that is plugged in and out between them.</summary>
    [Fact]
    public void TwoDevicesAndMemory_KeepApart()
    {
        var rig = new DevmapRig<X64>(Options(1024, 1024, 1024) with { SharesTables = true });
        DaxDevice<X64> gigantic = rig.Plug();
        Assert.True(DaxDevice<X64>.TryPlug(rig.Cpu, Options(512, 256, 2), out DaxDevice<X64>? small));
        rig.Checker.Check(gigantic, small);
        Assert.True(gigantic.TryUnplug(rig.Cpu));
        rig.Check(small);
        Assert.True(rig.Machine.Hotplug.TryPlug(rig.Cpu, 1024 * Mega, 128 * Mega, 0));
        rig.Check(small);
        Assert.True(small.TryUnplug(rig.Cpu));
        Assert.True(rig.Machine.Hotplug.TryOffline(rig.Cpu, 1024 * Mega, 128 * Mega));
        rig.Machine.Hotplug.Unplug(rig.Cpu, 1024 * Mega, 128 * Mega);
        rig.AssertAsBefore();
    }

    [Fact]
    public void WhatCannotBe_IsNamed()
    {
        var rig = new DevmapRig<X64>(Options(1024, 256, 2));
        Refused(Options(1024, 256, 2) with { Start = (1024 * Mega) + 4096 }, "multiple of 2M");
        Refused(Options(1024, 0, 2), "multiple of 2M");
        Refused(Options(1024, 256, 4), "4M is no page size of x86-64: it has 1G, 2M, 4K");
        Refused(Options(1024, 256, 1024), "no multiple of its pages of 1G");
        Refused(Options(1024, 512, 2), "the machine ends at 0x50000000");
        Refused(Options(0, 256, 2), "is Online already");
        Refused(Options(1024, 256, 2) with { Node = 1 }, "nodes 0 to 0");
        Refused(Options(1024, 256, 2) with { SharesTables = true }, "less than three last-level tables");
        Refused(Options(1024, 2, 2) with { StructPagesOnDevice = true }, "cannot hold its own struct pages");
        DaxDevice<X64> device = rig.Plug();
        Refused(Options(1024, 256, 2), "is Device already");
        Assert.Contains(
            "that is a device's",
            Assert.Throws<ArgumentException>(
                "zone", () => rig.Machine.Hotplug.TryPlug(rig.Cpu, 512 * Mega, 128 * Mega, 0, ZoneKind.Device)).Message,
            StringComparison.Ordinal);
        Assert.Throws<InconsistentMachineException>(() => rig.Machine.ZoneOf(device.FirstPfn));
        Assert.False(rig.Machine.Sections.IsOnline(device.FirstPfn));
        Assert.True(device.TryUnplug(rig.Cpu));
        Assert.Contains(
            "is unplugged", Assert.Throws<InvalidOperationException>(() => device.TryUnplug(rig.Cpu)).Message, StringComparison.Ordinal);
        rig.AssertAsBefore();

        void Refused(DaxDeviceOptions options, string reason) => Assert.Contains(
            reason,
            Assert.Throws<ArgumentException>("options", () => DaxDevice<X64>.TryPlug(rig.Cpu, options, out _)).Message,
            StringComparison.Ordinal);
    }

    internal static DaxDeviceOptions Options(int start, int size, int align) => new()
    {
        Start = (ulong)start * Mega,
        Bytes = (ulong)size * Mega,
        Align = (ulong)align * Mega,
    };

    private sealed class ComeAndGo(DaxDeviceOptions options, int structPageSize) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            var rig = new DevmapRig<TArch>(options, structPageSize);
            for (int round = 0; round < 2; round++)
            {
                DaxDevice<TArch> device = rig.Plug();
                rig.Check(device);
                if (structPageSize == 64)
                {
                    rig.Checker.CheckStructPages(device);
                    Assert.Equal(device.StructPagesInitialized, DevmapWalk.Of(device).Initialized);
                }

                Assert.True(device.TryUnplug(rig.Cpu));
                rig.AssertAsBefore();
            }

            OperationCounters counters = rig.Machine.Count();
            Assert.Equal(counters.PageTablesAllocated, counters.PageTablesFreed);
            Assert.Equal(counters.FramesTaken, counters.FramesReturned);
            return true;
        }
    }
}
