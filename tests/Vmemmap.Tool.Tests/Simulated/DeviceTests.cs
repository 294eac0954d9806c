using System.Text.Json;
using Vmemmap.Devmap;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tool.Tests.Simulated;

/// <summary>A simulated machine with a DAX device: <c>inspect</c> finds the device's groups in its memory, and nothing of HVO.</summary>
public sealed class DeviceTests
{
    private const ulong Mega = 1UL << 20;
    private const ulong Start = 1024 * Mega;

    /// <summary>Compound pages, frames that are not there and tables: for 1G ten pages less than 4096 and eight tables, or two if tables are shared.</summary>
    [Theory]
    [InlineData("x86-64", 256, 2, false, 128, 128 * 6, 2)]
    [InlineData("x86-64", 2048, 1024, false, 2, 2 * 4094, 16)]
    [InlineData("x86-64", 2048, 1024, true, 2, 2 * 4094, 4)]
    [InlineData("x86-64-la57", 1024, 1024, true, 1, 4094, 2)]
    [InlineData("riscv64-sv39", 1024, 1024, true, 1, 4094, 2)]
    [InlineData("riscv64-sv48", 128, 2, false, 64, 64 * 6, 1)]
    [InlineData("arm64-4k", 1024, 1024, true, 1, 4094, 2)]
    [InlineData("arm64-4k", 128, 32, false, 4, 4 * 126, 1)]
    [InlineData("arm64-16k", 128, 32, false, 4, 4 * 6, 1)]
    [InlineData("arm64-16k", 1024, 1024, false, 1, 254, 1)]
    [InlineData("arm64-64k", 1024, 512, false, 2, 2 * 6, 1)]
    public void TheDevicesGroups_AreReported(string architecture, int size, int align, bool shares, int groups, int freed, int tables)
    {
        var options = new DaxDeviceOptions { Start = Start, Bytes = (ulong)size * Mega, Align = (ulong)align * Mega, SharesTables = shares };
        var visitor = new Inspect(options);
        Assert.True(Architectures.Find(architecture)!.TryAcceptType(ref visitor, out JsonElement report));
        JsonElement devdax = Assert.Single(report.GetProperty("devdax").EnumerateArray());
        Assert.Equal(
            ((ulong)align * Mega, groups, freed, tables),
            (devdax.GetProperty("align").GetUInt64(), devdax.GetProperty("groups").GetInt64(), devdax.GetProperty("freedPages").GetInt64(), devdax.GetProperty("pageTables").GetInt64()));
        Assert.Equal("none", report.GetProperty("layout").GetString());
        Assert.Equal(0, report.GetProperty("freedPages").GetInt64());
        Assert.Equal(0, report.GetProperty("splitPageTables").GetInt64());

        // No more is unknown than what the image was not given.
        Assert.All(report.GetProperty("warnings").EnumerateArray(), warning => Assert.Matches("^(kaslrOffset is|nodes are) unknown", warning.GetString()));
    }

    /// <summary>ReserveTwo's aliases have a device's shape; sections and permissions keep them apart.</summary>
    [Fact]
    public void ADeviceBesideHugePages_IsKeptApart()
    {
        Machine<X64> machine = Boot<X64>(256 * Mega);
        var pool = new HugetlbPool<X64, ReserveTwo>(new VmemmapRemapper<X64>(machine), new HugetlbOptions { OptimizeVmemmap = true });
        Assert.Equal(32, pool.SetHugePages(X64.Huge2M.Value, 32));
        Assert.True(DaxDevice<X64>.TryPlug(machine.Cpus[0], new DaxDeviceOptions { Start = Start, Bytes = 256 * Mega, Align = 2 * Mega }, out _));
        JsonElement report = SimulatedImage.Inspect(machine, "6.12.117", withSections: true);
        Assert.Equal("reserve-two", report.GetProperty("layout").GetString());
        Assert.Equal(32 * 6, report.GetProperty("freedPages").GetInt64());
        Assert.Equal(128 * 6, Assert.Single(report.GetProperty("devdax").EnumerateArray()).GetProperty("freedPages").GetInt64());
    }

    private static Machine<TArch> Boot<TArch>(ulong device)
        where TArch : struct, IArchitecture => new(new MachineOptions { Memory = [new NodeMemory(0, 0, 512 * Mega)], HotplugLimit = Start + device });

    private readonly struct Inspect(DaxDeviceOptions options) : IArchitectureTypeVisitor<JsonElement>
    {
        public JsonElement Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            Machine<TArch> machine = Boot<TArch>(options.Bytes);
            Assert.True(DaxDevice<TArch>.TryPlug(machine.Cpus[0], options, out _));
            Assert.Empty(machine.Violations.First);
            return SimulatedImage.Inspect(machine, "6.12.117", withSections: true);
        }
    }
}
