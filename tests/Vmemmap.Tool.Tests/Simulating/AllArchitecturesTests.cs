using System.Text.Json;

namespace Vmemmap.Tool.Tests.Simulating;

/// <summary>Every architecture, with what one huge page of its size gives back: vmemmap pages of it less one.</summary>
public sealed class AllArchitecturesTests
{
    public static TheoryData<string, string, string, long> Sizes => new()
    {
        { "x86-64", "2G", "2M", 7 },
        { "x86-64-la57", "4G", "1G", 4095 },
        { "arm64-4k-va39", "2G", "32M", 127 },
        { "arm64-4k-va48", "2G", "2M", 7 },
        { "arm64-4k-va52", "4G", "1G", 4095 },
        { "arm64-16k-va36", "2G", "32M", 7 },
        { "arm64-16k-va47", "4G", "1G", 255 },
        { "arm64-16k-va48", "2G", "32M", 7 },
        { "arm64-16k-va52", "2G", "32M", 7 },
        { "arm64-64k-va42", "4G", "512M", 7 },
        { "arm64-64k-va48", "64G", "16G", 255 },
        { "arm64-64k-va52", "4G", "512M", 7 },
        { "riscv64-sv39", "2G", "2M", 7 },
        { "riscv64-sv48", "4G", "1G", 4095 },
        { "riscv64-sv57", "2G", "2M", 7 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Json_OfEveryArchitecture_FreesWhatItsPagesHave(string architecture, string memory, string size, long freed)
    {
        JsonElement[] results = Simulate.Json($"--arch {architecture} --memory {memory} --hugepages {size}:2 --compare --break-before-make fault-fixup");
        Assert.Equal(4, results.Count(result => result.GetProperty("layout").GetString() != "reserve-two-posted"));
        Assert.All(results, result =>
        {
            bool keepsTwo = result.GetProperty("layout").GetString()!.StartsWith("reserve-two", StringComparison.Ordinal);
            Assert.Equal(architecture, result.GetProperty("architecture").GetString());
            Assert.Equal((2, 2 * (keepsTwo ? freed - 1 : freed)), (result.Get("optimized"), result.Get("freedPages")));
            Assert.Equal(0, result.Get("restoreFailures"));
        });
    }

    [Fact]
    public void Sizes_HaveAllArchitectures() =>
        Assert.Equal(Architectures.BuiltIn.Select(architecture => architecture.Name), Sizes.Select(row => (string)row[0]));
}
