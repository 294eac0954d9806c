using Vmemmap.SyntheticImages;

namespace Vmemmap.Tool.Tests.Synthetic;

/// <summary>Kernels built for 52 bits that run at fewer, and physical addresses that need all 52.</summary>
public sealed class VirtualAddressBitsTests
{
    [Theory]
    [InlineData("arm64-4k-va48", "6.12.117")]
    [InlineData("arm64-16k-va47", "6.12.117")]
    public void Inspect_Lpa2KernelThatFolded_ReportsWhatItFoldsTo(string architecture, string version) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            ConfiguredBits = 52,
            Version = KernelVersion.Parse(version),
            KernelOffset = 0x3b08f4600000,
            HugePages = HugePagePlaces.In(architecture).EverySize(),
        });

    [Theory]
    [InlineData("5.17.15")]
    [InlineData("6.1.192")]
    [InlineData("6.12.117")]
    public void Inspect_64KKernelOf52BitsAt48_WalksTheWideTable(string version) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = "arm64-64k-va52",
            RunningBits = 48,
            Version = KernelVersion.Parse(version),
            HugePages = HugePagePlaces.In("arm64-64k-va52").EverySize(),
        });

    [Theory]
    [InlineData("arm64-4k-va52", "6.12.117")]
    [InlineData("arm64-16k-va52", "6.12.117")]
    [InlineData("arm64-64k-va52", "6.1.192")]
    [InlineData("arm64-64k-va52", "6.12.117")]
    public void Inspect_RamAbove48Bits_FindsItsFrames(string architecture, string version)
    {
        // Bits 51, 49 and 48: one in each piece of the split addresses.
        const ulong Base = 0x000b_0000_4000_0000;
        HugePagePlaces places = new(architecture, Base + (64UL << 20));
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            Version = KernelVersion.Parse(version),
            Ram = [new MemoryRange(Base, 6UL << 30)],
            HugePages = places.EverySize(),
            SectionEntrySize = 32,
        });
    }

    [Fact]
    public void Inspect_X64RamAbove46Bits_FindsItsFrames() =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = "x86-64-la57",
            Ram = [new MemoryRange(0, 2UL << 30), new MemoryRange(0x0000_8000_0000_0000, 2UL << 30)],
            HugePages = new HugePagePlaces("x86-64-la57", 0x0000_8000_0000_0000).EverySize(),
        });
}
