using Vmemmap.SyntheticImages;

namespace Vmemmap.Tool.Tests.Synthetic;

/// <summary>Device DAX aliases too, and is not HVO.</summary>
public sealed class DeviceDaxTests
{
    private const ulong Mega = 1UL << 20;
    private const ulong Giga = 1UL << 30;
    private const ulong Device = 8 * Giga;

    public static TheoryData<string> Architectures() => ["x86-64", "x86-64-la57", "riscv64-sv39", "riscv64-sv48", "riscv64-sv57"];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Inspect_2MDevice_ReportsGroupsApart(string architecture) =>
        InspectReport.AssertTrue(WithDevices(architecture, new DaxDeviceRequest(new MemoryRange(Device, Giga), 2 * Mega)));

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Inspect_1GDevice_CarriesTheTailAcrossSections(string architecture) =>
        InspectReport.AssertTrue(WithDevices(architecture, new DaxDeviceRequest(new MemoryRange(Device, 2 * Giga), Giga)));

    /// <summary>The compound pages count from the device's start, which is aligned to a section only.</summary>
    [Theory]
    [MemberData(nameof(Architectures))]
    public void Inspect_1GDeviceOffItsAlignment_CountsFromTheDevicesStart(string architecture) =>
        InspectReport.AssertTrue(WithDevices(
            architecture, new DaxDeviceRequest(new MemoryRange(Device + (384 * Mega), 2 * Giga), Giga)));

    /// <summary>A device that starts inside a section leaves the section's first struct pages unmapped.</summary>
    [Theory]
    [MemberData(nameof(Architectures))]
    public void Inspect_2MDeviceInsideASection_CountsFromTheDevicesStart(string architecture) =>
        InspectReport.AssertTrue(WithDevices(
            architecture, new DaxDeviceRequest(new MemoryRange(Device + (6 * Mega), 250 * Mega), 2 * Mega)));

    [Fact]
    public void Inspect_BothSizes_ReportsEach() =>
        InspectReport.AssertTrue(WithDevices(
            "x86-64",
            new DaxDeviceRequest(new MemoryRange(Device, Giga), 2 * Mega),
            new DaxDeviceRequest(new MemoryRange(16 * Giga, Giga), Giga)));

    /// <summary>The posted compound PUD geometry: several entries on one table are legal, and no cycle.</summary>
    [Fact]
    public void Inspect_SeveralEntriesOnOneTable_CountsTheTableOnce() =>
        InspectReport.AssertTrue(WithDevices(
            "x86-64", new DaxDeviceRequest(new MemoryRange(Device, 2 * Giga), Giga) { SharesTables = true }));

    /// <summary>ReserveTwo leaves 2^k-2 aliases of page 1 just as a device does; the section tells them apart.</summary>
    [Theory]
    [InlineData("x86-64", HvoLayout.ReserveTwo)]
    [InlineData("riscv64-sv48", HvoLayout.ReserveTwo)]
    [InlineData("riscv64-sv48", HvoLayout.ReserveOne)]
    public void Inspect_DeviceBesideHvo_KeepsThemApart(string architecture, HvoLayout layout) =>
        InspectReport.AssertTrue(WithDevices(architecture, new DaxDeviceRequest(new MemoryRange(Device, 256 * Mega), 2 * Mega)) with
        {
            Layout = layout,
            HugePages = HugePagePlaces.In(architecture).EverySize(),
        });

    private static SyntheticKernel WithDevices(string architecture, params DaxDeviceRequest[] devices) => new()
    {
        Architecture = architecture,
        DaxDevices = devices,
        HugePages = [new HugePageRequest(HugePagePlaces.In(architecture).Next(2 * Mega), 2 * Mega, Optimized: true)],
    };
}
