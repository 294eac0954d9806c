using Vmemmap.Devmap;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Devmap;

/// <summary>
/// What the cover letters say of 1 TiB, counted in populated tables: struct page frames and last-level tables, times 4096. Where there are a million
/// frames it is a sixteenth of it; <c>targets devmap</c> does the whole.
/// </summary>
public class FactsTests
{
    private const ulong Tebibyte = 1UL << 40;

    [Theory]
    [InlineData(0UL, false, 16, 4194304, 0, 17179869184, 268435456)]
    [InlineData(2UL << 20, false, 16, 1048576, 8192, 4328521728, 67108864)]
    [InlineData(1UL << 30, false, 1, 2048, 8192, 41943040, 131072)]
    [InlineData(1UL << 30, true, 1, 2048, 2048, 16777216, 131072)]
    public void ATebibyte_Takes(ulong align, bool shares, int part, long frames, long tables, long bytes, long initialized)
    {
        ulong size = Tebibyte / (ulong)part;
        var machine = new Machine<X64>(MachineOptions.OfSize(4UL << 30) with { HotplugLimit = (32UL << 30) + size });
        long vmemmap = machine.Books[FrameUse.Vmemmap];
        long pageTables = machine.Books[FrameUse.PageTable];
        Assert.True(DaxDevice<X64>.TryPlug(
            machine.Cpus[0],
            new DaxDeviceOptions { Start = 32UL << 30, Bytes = size, Align = align, SharesTables = shares },
            out DaxDevice<X64>? device));
        DevmapWalk walk = DevmapWalk.Of(device);
        Assert.Equal((frames, tables, bytes, initialized), (part * walk.Frames, part * walk.LastLevelTables, part * walk.Bytes, part * walk.Initialized));
        Assert.Equal(frames, part * (machine.Books[FrameUse.Vmemmap] - vmemmap));
        Assert.Equal(initialized, part * device.StructPagesInitialized);

        // Above the last level: a PMD table for each GiB of vmemmap that RAM's struct pages have none in. vmemmap begins 1 GiB before a PUD table ends, so there is one more of those.
        Assert.Equal((16 / part) + 1, walk.UpperTables);
        Assert.Equal((tables / part) + walk.UpperTables, machine.Books[FrameUse.PageTable] - pageTables);
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
            var rig = new DevmapRig<TArch>(new DaxDeviceOptions { Start = 32UL << 30, Bytes = bytes, Align = align }, ram: 1UL << 30, check: false);
            Assert.Equal((bytes / align) * kept, DevmapWalk.Of(rig.Plug()).Frames);
            rig = new DevmapRig<TArch>(new DaxDeviceOptions { Start = 32UL << 30, Bytes = bytes }, ram: 1UL << 30, check: false);
            Assert.Equal((bytes / align) * total, DevmapWalk.Of(rig.Plug()).Frames);
            return true;
        }
    }
}
