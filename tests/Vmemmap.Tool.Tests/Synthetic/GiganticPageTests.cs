using Vmemmap.SyntheticImages;

namespace Vmemmap.Tool.Tests.Synthetic;

/// <summary>Huge pages made of contiguous PMD entries, and those that span many last-level tables.</summary>
public sealed class GiganticPageTests
{
    private const ulong Giga = 1UL << 30;

    [Theory]
    [InlineData("arm64-64k-va42", "6.1.192")]
    [InlineData("arm64-64k-va48", "6.1.192")]
    [InlineData("arm64-64k-va52", "6.12.117")]
    [InlineData("arm64-64k-va48", "7.1.0")]
    public void Inspect_16G_IsOneHugePage(string architecture, string version) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            Version = KernelVersion.Parse(version),
            Ram = [new MemoryRange(Giga, 51 * Giga)],
            HugePages =
            [
                new HugePageRequest((16 * Giga) >> 16, 16 * Giga, Optimized: true),
                new HugePageRequest((32 * Giga) >> 16, 16 * Giga),
                new HugePageRequest((48 * Giga) >> 16, 512UL << 20, Optimized: true),
            ],
        });

    [Theory]
    [InlineData("arm64-16k-va36", "6.1.192")]
    [InlineData("arm64-16k-va47", "6.12.117")]
    [InlineData("arm64-16k-va48", "7.1.0")]
    public void Inspect_1GOfContiguousPmds_IsOneHugePage(string architecture, string version) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            Version = KernelVersion.Parse(version),
            HugePages =
            [
                new HugePageRequest((2 * Giga) >> 14, Giga, Optimized: true),
                new HugePageRequest((3 * Giga) >> 14, Giga),
            ],
        });

    [Theory]
    [InlineData("x86-64")]
    [InlineData("arm64-4k-va48")]
    [InlineData("riscv64-sv39")]
    public void Inspect_Unoptimized1G_FreesNothing(string architecture) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            HugePages = [new HugePageRequest(HugePagePlaces.In(architecture).Next(Giga), Giga)],
            WholeVmemmap = false,
        });

    /// <summary>256 GiB, of which only a handful of frames exist.</summary>
    [Fact]
    public void Inspect_GiganticMachine_IsCheap()
    {
        List<HugePageRequest> pages = [];
        for (ulong giga = 4; giga < 68; giga++)
        {
            pages.Add(new HugePageRequest((giga * Giga) >> 12, Giga, Optimized: true));
        }

        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = "x86-64",
            Ram = [new MemoryRange(0, 2 * Giga), new MemoryRange(4 * Giga, 254 * Giga)],
            HugePages = pages,
            WholeVmemmap = false,
        });
    }
}
