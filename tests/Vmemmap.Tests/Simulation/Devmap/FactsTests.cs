using Vmemmap.Devmap;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Devmap;

/// <summary>
/// What the cover letters say of 1 TiB, counted in the populated tables of the whole of it: struct page frames and
/// last-level tables, times 4096.
/// </summary>
public class FactsTests
{
    private const ulong Tebibyte = 1UL << 40;

    [Theory]
    [InlineData(0UL, false, 4194304, 0, 17179869184, 268435456)]
    [InlineData(2UL << 20, false, 1048576, 8192, 4328521728, 67108864)]
    [InlineData(1UL << 30, false, 2048, 8192, 41943040, 131072)]
    [InlineData(1UL << 30, true, 2048, 2048, 16777216, 131072)]
    public void ATebibyte_Takes(ulong align, bool shares, long frames, long tables, long bytes, long initialized)
    {
        // Below the device, so much RAM that struct pages of all of its base pages fit.
        var machine = new Machine<X64>(MachineOptions.OfSize(24UL << 30) with { HotplugLimit = (32UL << 30) + Tebibyte });
        long vmemmap = machine.Books[FrameUse.Vmemmap];
        long pageTables = machine.Books[FrameUse.PageTable];
        OperationCounters before = machine.Count();
        Assert.True(DaxDevice<X64>.TryPlug(
            machine.Cpus[0],
            new DaxDeviceOptions { Start = 32UL << 30, Bytes = Tebibyte, Align = align, SharesTables = shares },
            out DaxDevice<X64>? device));
        OperationCounters plugged = machine.Count();
        DevmapWalk walk = DevmapWalk.Of(device);
        Assert.Equal((frames, tables, bytes, initialized), (walk.Frames, walk.LastLevelTables, walk.Bytes, walk.Initialized));
        Assert.Equal(frames, machine.Books[FrameUse.Vmemmap] - vmemmap);
        Assert.Equal(initialized, device.StructPagesInitialized);

        // Above the last level: a PMD table for each GiB of vmemmap that RAM's struct pages have none in, and a PUD table, because vmemmap
        // begins 1 GiB before one ends.
        Assert.Equal(16 + 1, walk.UpperTables);
        Assert.Equal(tables + walk.UpperTables, machine.Books[FrameUse.PageTable] - pageTables);

        // And each of its GiB was plugged in and out for what a device of one costs.
        var cost = GibibyteCost.Of(align, shares);
        Assert.Equivalent(cost.PluggedIn(1024, walk.UpperTables), plugged.Since(in before), strict: true);
        Assert.True(device.TryUnplug(machine.Cpus[0]));
        Assert.Equivalent(cost.PluggedOut(1024, walk.UpperTables), machine.Count().Since(in plugged), strict: true);
        Assert.Equal((vmemmap, pageTables), (machine.Books[FrameUse.Vmemmap], machine.Books[FrameUse.PageTable]));
        Assert.Empty(machine.Violations.First);
    }

    /// <summary>Struct page frames that a compound page keeps, of those it has: two, where it has more.</summary>
    [Theory]
    [InlineData("x86-64", 2UL << 20, 8, 2)]
    [InlineData("x86-64", 1UL << 30, 4096, 2)]
    [InlineData("arm64-4k", 64UL << 10, 0.25, 0.25)]
    [InlineData("arm64-4k", 32UL << 20, 128, 2)]
    [InlineData("arm64-16k", 2UL << 20, 0.5, 0.5)]
    [InlineData("arm64-16k", 32UL << 20, 8, 2)]
    [InlineData("arm64-16k", 1UL << 30, 256, 2)]
    [InlineData("arm64-64k", 2UL << 20, 0.03125, 0.03125)]
    [InlineData("arm64-64k", 512UL << 20, 8, 2)]
    [InlineData("arm64-64k", 16UL << 30, 256, 2)]
    [InlineData("riscv64-sv48", 2UL << 20, 8, 2)]
    public void ACompoundPage_Keeps(string architecture, ulong align, double total, double kept) =>
        Machine.OnMachine.Run(architecture, new Kept(align, total, kept));

    private sealed class Kept(ulong align, double total, double kept) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            ulong bytes = Math.Max(align, TArch.PageShift == 16 ? 512UL << 20 : 128UL << 20);
            var options = new DaxDeviceOptions { Start = 32UL << 30, Bytes = bytes, Align = align };
            var rig = new DevmapRig<TArch>(options, ram: 1UL << 30, check: false);
            Assert.Equal((bytes / align) * kept, DevmapWalk.Of(rig.Plug()).Frames);
            rig = new DevmapRig<TArch>(options with { Align = 0 }, ram: 1UL << 30, check: false);
            Assert.Equal((bytes / align) * total, DevmapWalk.Of(rig.Plug()).Frames);
            return true;
        }
    }
}
