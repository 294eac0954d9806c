using Vmemmap.SyntheticImages;

namespace Vmemmap.Tool.Tests.Synthetic;

/// <summary>Struct pages that are not 64 bytes.</summary>
public sealed class StructPageSizeTests
{
    [Theory]
    [InlineData("x86-64", "6.12.117")]
    [InlineData("x86-64-la57", "6.12.117")]
    [InlineData("arm64-4k-va48", "6.1.192")]
    [InlineData("arm64-16k-va47", "6.12.117")]
    [InlineData("arm64-64k-va48", "6.12.117")]
    [InlineData("riscv64-sv48", "7.1.0")]
    public void Inspect_128Bytes_FreesTwiceAsMuch(string architecture, string version) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            Version = KernelVersion.Parse(version),
            StructPageSize = 128,
            HugePages = HugePagePlaces.In(architecture).EverySize(),
        });

    /// <summary>56 bytes are no power of two: nothing can be optimized, and a struct page may lie on two vmemmap pages.</summary>
    [Theory]
    [InlineData("x86-64", "6.12.117")]
    [InlineData("arm64-16k-va48", "6.12.117")]
    [InlineData("riscv64-sv57", "6.12.117")]
    [InlineData("riscv64-sv57", "7.1.0")]
    public void Inspect_56Bytes_FreesNothing(string architecture, string version) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            Version = KernelVersion.Parse(version),
            StructPageSize = 56,
            WholeVmemmap = false,
            HugePages = [.. HugePagePlaces.In(architecture).EverySize().Select(page => page with { Optimized = false })],
        });
}
