using Vmemmap.Devmap;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Devmap;

/// <summary>
/// A device costs the same for every GiB, whatever its size: exactly, in operations counted. <c>targets devmap</c> holds the time to that,
/// and <see cref="FactsTests"/> the base pages and pages of 2M of a TiB.
/// </summary>
public class LinearTests
{
    [Theory]
    [InlineData(0UL, false, 1, 0)]
    [InlineData(0UL, false, 10, 0)]
    [InlineData(0UL, false, 100, 3)]
    [InlineData(2UL << 20, false, 1, 0)]
    [InlineData(2UL << 20, false, 10, 0)]
    [InlineData(2UL << 20, false, 100, 3)]
    [InlineData(1UL << 30, false, 1, 0)]
    [InlineData(1UL << 30, false, 10, 0)]
    [InlineData(1UL << 30, false, 100, 3)]
    [InlineData(1UL << 30, false, 1024, 17)]
    [InlineData(1UL << 30, true, 1, 0)]
    [InlineData(1UL << 30, true, 10, 0)]
    [InlineData(1UL << 30, true, 100, 3)]
    [InlineData(1UL << 30, true, 1024, 17)]
    public void EveryGibibyte_CostsTheSame(ulong align, bool shares, int gibibytes, int upperTables)
    {
        // The device's vmemmap begins half a GiB behind that of RAM, in the PMD table that it has: what is more than half a GiB of it, 32
        // GiB of the device, needs PMD tables of its own, and the PUD table that the second GiB begins in.
        ulong bytes = (ulong)gibibytes << 30;
        var machine = new Machine<X64>(MachineOptions.OfSize(4UL << 30) with { HotplugLimit = (32UL << 30) + bytes });
        var cost = GibibyteCost.Of(align, shares);
        OperationCounters before = machine.Count();
        Assert.True(DaxDevice<X64>.TryPlug(
            machine.Cpus[0],
            new DaxDeviceOptions { Start = 32UL << 30, Bytes = bytes, Align = align, SharesTables = shares },
            out DaxDevice<X64>? device));
        OperationCounters plugged = machine.Count();
        Assert.Equivalent(cost.PluggedIn(gibibytes, upperTables), plugged.Since(in before), strict: true);
        Assert.True(device.TryUnplug(machine.Cpus[0]));
        Assert.Equivalent(cost.PluggedOut(gibibytes, upperTables), machine.Count().Since(in plugged), strict: true);
        Assert.Empty(machine.Violations.First);
    }
}
