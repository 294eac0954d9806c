using Vmemmap.Tool.Tests.Synthetic;

namespace Vmemmap.Tool.Tests.Simulating;

/// <summary>What cannot be simulated: exit code 2 and one line that names the value and its limit.</summary>
public sealed class SimulateRefusalTests
{
    [Theory]
    [InlineData("--arch x64 --memory 4G --hugepages 2M:1", "'x64'", "x86-64-la57")]
    [InlineData("--arch x86-64 --memory 1P --hugepages 2M:1", "1P of memory", "128T")]
    [InlineData("--arch x86-64-la57 --memory 1P --hugepages 2M:1", "1P of memory", "2T can be simulated")]
    [InlineData("--arch riscv64-sv39 --memory 1T --hugepages 2M:1", "1T of memory", "256G")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 4M:1", "huge pages of 4M", "1G, 2M")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:2049", "2M:2049", "1 to 2048 of 2M")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 1G:3,2M:513", "2M:513", "1 to 512 of 2M")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 1G:4,2M:1", "2M:1", "none of 2M")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:9223372036854775807", "2M:9223372036854775807", "1 to 2048")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:99999999999999999999", "'2M:99999999999999999999'", "below 2^63")]
    [InlineData("--arch riscv64-sv48 --memory 128G --hugepages 64K:1048577", "1048577 huge pages", "1048576")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:0", "'2M:0'", "above 0")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:-1", "'2M:-1'", "above 0")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M", "'2M'", "2M:10240")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:1,,1G:1", "''", "2M:10240")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:1,2M:2", "2M pages are asked for twice", "once")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 16384P:1", "'16384P:1'", "2M:10240")]
    [InlineData("--arch x86-64 --memory 0 --hugepages 2M:1", "'0'", "above 0")]
    [InlineData("--arch x86-64 --memory -4G --hugepages 2M:1", "'-4G'", "above 0")]
    [InlineData("--arch x86-64 --memory 16E --hugepages 2M:1", "'16E'", "below 16E")]
    [InlineData("--arch x86-64 --memory 15E --hugepages 2M:1", "15E of memory", "128T")]
    [InlineData("--arch x86-64 --memory 4.5G --hugepages 2M:1", "'4.5G'", "64G")]
    [InlineData("--arch x86-64 --memory 100M --hugepages 2M:1", "100M of memory", "128M")]
    [InlineData("--arch arm64-64k --memory 128M --hugepages 2M:1", "128M of memory", "512M")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:1 --layout reserve-three", "'reserve-three'", "reserve-one-kept-head")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:1 --cpus 0", "'0'", "above 0")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:1 --cpus 1025", "1025 CPUs", "1024")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:1 --cpus many", "'many'", "above 0")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:1 --cpus 2147483648", "'2147483648'", "up to 2147483647")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:1 --nodes 33", "33 nodes", "1 to 32")]
    [InlineData("--arch x86-64 --memory 64G --hugepages 2M:1 --nodes 65", "65 nodes", "1 to 64")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:1 --struct-page-size 63", "63 bytes", "multiple of 8")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:1 --struct-page-size 2147483640", "2147483640 bytes", "1024")]
    [InlineData("--arch riscv64-sv39 --memory 256G --hugepages 1G:256", "256G of memory, and ", "leave no room: riscv64-sv39 can address, and have struct pages for, 256G")]
    [InlineData("--arch x86-64 --memory 129G --hugepages 2M:1 --struct-page-size 128", "129G of memory:", "struct pages of 128 bytes, and not of 64, 128G in all")]
    [InlineData("--arch x86-64 --memory 2T --hugepages 2M:1 --struct-page-size 1024", "2T of memory:", "16G in all")]
    [InlineData("--arch arm64-16k --memory 4G --hugepages 32M:1 --vmemmap blocks", "arm64-16k-va48", "no whole block")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:1 --vmemmap tables", "'tables'", "pages or blocks")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:1 --break-before-make maybe", "'maybe'", "stop-machine")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:1 --fail-allocations 101%", "'101%'", "0 to 1")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:1 --fail-allocations 1e3", "'1e3'", "0 to 1")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:1 --fail-allocations NaN", "'NaN'", "0 to 1")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:1 --seed -1", "'-1'", "2^64 - 1")]
    [InlineData("--arch x86-64 --memory 4G --hugepages 2M:1 --layout reserve-one --compare", "--layout", "--compare")]
    [InlineData("--arch x86-64 --memory 4G", "--hugepages", "required")]
    [InlineData("--memory 4G --hugepages 2M:1", "--arch", "required")]
    public void Simulate_OfWhatCannotBe_NamesTheValueAndItsLimit(string arguments, string value, string limit)
    {
        ToolRun run = Simulate.Run(arguments);
        run.AssertRefused(value);
        Assert.Contains(limit, run.Error);
        Assert.Empty(run.Output);
        Assert.StartsWith("vmemmap: ", run.Error);
    }

    [Theory]
    [InlineData("--arch")]
    [InlineData("--layout")]
    public void Simulate_OfANameWithALineBreak_SaysSoInOneLine(string option)
    {
        string[] arguments = option == "--arch" ? ["--arch", "two\nlines"] : ["--arch", "x86-64", option, "two\nlines"];
        ToolRun.Of(["simulate", "--memory", "4G", "--hugepages", "2M:1", .. arguments]).AssertRefused("'two lines'");
    }
}
