using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Machine;

/// <summary>Machines that cannot be: the message has the value and the limit.</summary>
public class OptionTests
{
    public static TheoryData<string, string, string> Impossible() => new()
    {
        { "cpus", "0 CPUs", "1024" },
        { "many cpus", "1025 CPUs", "1024" },
        { "struct page", "57 bytes", "multiple of 8 from 56 to 1024" },
        { "small struct page", "48 bytes", "multiple of 8 from 56 to 1024" },
        { "large struct page", "1032 bytes", "multiple of 8 from 56 to 1024" },
        { "no memory", "no memory", "memory" },
        { "part of a section", "4K of memory", "128M" },
        { "misplaced", "0x1000", "128M" },
        { "node", "Node 1024", "1023" },
        { "negative node", "Node -1", "1023" },
        { "overlap", "0x0 and of node 1 at 0x8000000", "overlap" },
        // 4-level x86-64: the kernel's half has 2^47 bytes.
        { "too much", "134217856M of memory", "128T" },
        { "hotplug limit", "134217856M", "128T" },
        { "odd hotplug limit", "4097 bytes", "128M" },
        { "blocks", "56 bytes", "block" },
        { "boot page", "12288 bytes", "x86-64" },
        { "boot pages", "262144 frames", "Node 0" },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void AMachineThatCannotBe_IsRefused(string case_, string value, string limit)
    {
        const ulong Section = 1UL << 27;
        MachineOptions good = MachineOptions.OfSize(Section);
        MachineOptions options = case_ switch
        {
            "cpus" => good with { Cpus = 0 },
            "many cpus" => good with { Cpus = 1025 },
            "struct page" => good with { StructPageSize = 57 },
            "small struct page" => good with { StructPageSize = 48 },
            "large struct page" => good with { StructPageSize = 1032 },
            "no memory" => good with { Memory = [] },
            "part of a section" => good with { Memory = [new(0, 0, 4096)] },
            "misplaced" => good with { Memory = [new(0, 4096, Section)] },
            "node" => good with { Memory = [new(1024, 0, Section)] },
            "negative node" => good with { Memory = [new(-1, 0, Section)] },
            "overlap" => good with { Memory = [new(0, 0, 2 * Section), new(1, Section, Section)] },
            "too much" => good with { Memory = [new(0, 0, (1UL << 47) + Section)] },
            "hotplug limit" => good with { HotplugLimit = (1UL << 47) + Section },
            "odd hotplug limit" => good with { HotplugLimit = 4097 },
            "blocks" => good with { StructPageSize = 56, VmemmapMapping = VmemmapMapping.Blocks },
            "boot page" => good with { BootReservations = [new(12288, 1)] },
            _ => good with { BootReservations = [new(1UL << 30, 1)] },
        };
        string message = Assert.ThrowsAny<ArgumentException>(() => new Machine<X64>(options)).Message;
        Assert.Contains(value, message, StringComparison.Ordinal);
        Assert.Contains(limit, message, StringComparison.Ordinal);
    }

    // 2^36 frames of 4K are what is simulated; entries and vmemmap of 5-level x86-64 would have room for more.
    [Fact]
    public void MoreThanIsSimulated_IsRefused()
    {
        MachineOptions options = MachineOptions.OfSize(1UL << 27) with { HotplugLimit = (1UL << 48) + (1UL << 27) };
        string message = Assert.Throws<ArgumentException>("options", () => new Machine<X64La57>(options)).Message;
        Assert.Contains("256T", message, StringComparison.Ordinal);
    }
}
