using System.Text.RegularExpressions;
using Vmemmap.Tool.Tests.Synthetic;

namespace Vmemmap.Tool.Tests.Simulating;

/// <summary>The report for people.</summary>
public sealed class SimulateTextTests
{
    private const string Small = "--arch x86-64 --memory 2G --hugepages 2M:64 --vmemmap pages";

    [Fact]
    public void Text_PutsWithBesideWithout()
    {
        string text = Simulate.Text(Small);
        Assert.Contains("machine   x86-64, 2G, 1 node, 4 CPUs\n", text);
        Assert.Contains("vmemmap   32 MiB for struct pages of 64 bytes, mapped by pages of 4K\n", text);
        Assert.Contains("layout    reserve-one (v6.2 to v7.0)\n", text);
        Assert.Contains("64 huge pages of 2M\n", text);
        Assert.Matches(@"HVO off +on, batched +on, one by one\n", text);
        Assert.Equal(["0", "448", "448"], Row(text, "vmemmap pages freed"));
        Assert.Equal(["0", "1835008", "1835008"], Row(text, "bytes net"));
        string filling = Part(text, "filling the pool", "emptying the pool");
        Assert.Equal(["0", "2", "64"], Row(filling, "TLB flushes"));
        Assert.Equal(["0", "6", "192"], Row(filling, "IPIs"));
        Assert.Equal(["0", "512", "512"], Row(filling, "PTE writes"));
        Assert.Equal(["0", "1", "64"], Row(filling, "RCU waits"));
        string emptying = Part(text, "emptying the pool", "free memory by order");
        Assert.Equal(["0", "1", "64"], Row(emptying, "TLB flushes"));
        Assert.Equal(["0", "1", "64"], Row(emptying, "RCU waits"));
        Assert.Equal(["0", "448", "7"], Row(emptying, "peak extra frames"));
        Assert.Contains("simulated time", text);
    }

    [Fact]
    public void Text_FitsItsColumns()
    {
        Assert.All(Simulate.Text(Small).Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Assert.All(Simulate.Text($"{Small} --compare").Split('\n'), line => Assert.InRange(line.Length, 0, 100));
        Assert.All(Simulate.Text("--arch arm64-16k --memory 2G --hugepages 32M:4 --compare --break-before-make stop-machine").Split('\n'), line => Assert.InRange(line.Length, 0, 100));
    }

    /// <summary>4 pages that need 7 frames each: none comes back with 6 frames free, all with 7, as each gives back its own 512.</summary>
    [Fact]
    public void Text_OfShortMemory_CountsWhatStays()
    {
        string text = Part(Simulate.Text($"{Small} --layout reserve-one-kept-head"), "restoring when memory is short", "simulated time");
        Assert.Matches(@"reserve-one-kept-head +0 +7 +4 +4\n", text);
        Assert.Matches(@"\n +6 +7 +4 +4\n", text);
        Assert.Matches(@"\n +7 +7 +0 +0\n", text);
        Assert.Matches(@"\n +14 +7 +0 +0\n", text);
    }

    /// <summary>Two pages of 1G: 4095 frames each, all restored before a page of 2M is optimized; and of these each takes a new head before any frame is freed.</summary>
    [Fact]
    public void Text_OfASizeThatCanBeDemoted_HasThePeakOfIt() =>
        Assert.Contains("demoting 2 of 1G to 2M has a peak of 9214 extra frames", Simulate.Text("--arch x86-64 --memory 4G --hugepages 1G:2 --vmemmap pages"));

    [Fact]
    public void Text_OfComparedLayouts_SaysWhyTheHeadIsCopied()
    {
        string text = Simulate.Text($"{Small} --compare");
        Match why = Regex.Match(text.ReplaceLineEndings(" "), @"Why v6\.2 copies the head .*: (\d+) with heads kept, (\d+) with heads copied");
        Assert.True(why.Success, text);

        // 7 frames around a kept head are blocks of 1, 2 and 4.
        Assert.InRange(int.Parse(why.Groups[1].Value), 3 * 63, 3 * 66);
        Assert.InRange(int.Parse(why.Groups[2].Value), 0, 12);
    }

    /// <summary>2 pages of 8 entries each: a window in and one out for each page, and three other CPUs that look in.</summary>
    [Theory]
    [InlineData("fault-fixup", "12 +12 +0 +0 +0")]
    [InlineData("stop-machine", "12 +0 +12 +4 +0")]
    [InlineData("ipi-pause", "12 +0 +12 +0 +12")]
    public void Text_OfBreakBeforeMake_CountsByPolicy(string policy, string counts) => Assert.Matches(
        $@"reserve-one +{policy} +4 +{counts}\n",
        Simulate.Text("--arch arm64-16k --memory 2G --hugepages 32M:2 --break-before-make ipi-pause"));

    [Fact]
    public void Text_OfIgnoredBreakBeforeMake_CountsTheViolations()
    {
        // 4 pages, 8 entries in and 7 out.
        string text = Simulate.Text("--arch arm64-16k --memory 2G --hugepages 32M:4 --break-before-make ignore");
        Assert.Contains("violations, on, batched: 60 NoBreakBeforeMake", text.ReplaceLineEndings(" "));
    }

    [Fact]
    public void Text_OfASizeThatIsNotOptimized_SaysWhyAndNoMore()
    {
        string text = Simulate.Text("--arch riscv64-sv48 --memory 1G --hugepages 64K:16");
        Assert.EndsWith("16 huge pages of 64K\nnot optimized: 64K: 1024 bytes of struct pages are less than one page\n", text);
    }

    /// <summary>Huge pages may be all of the memory; the kernel's own is on top then.</summary>
    [Fact]
    public void Text_OfAFullMachine_SaysWhatIsOnTop() =>
        Assert.Matches(@"x86-64, 2G and [\d.]+ [MG]iB on top for the kernel itself, 1 node", Simulate.Text("--arch x86-64 --memory 2G --hugepages 2M:1024"));

    [Fact]
    public void Help_NamesEveryOption()
    {
        ToolRun run = ToolRun.Of("simulate", "--help");
        Assert.Equal(0, run.ExitCode);
        Assert.All(
            new[] { "--arch", "--memory", "--hugepages", "--layout", "--compare", "--nodes", "--cpus", "--struct-page-size", "--vmemmap", "--break-before-make", "--unbatched", "--fail-allocations", "--seed", "--json" },
            option => Assert.Contains(option, run.Output));
    }

    private static string[] Row(string text, string name) =>
        Regex.Match(text, $@"^ *{name} +(.*)$", RegexOptions.Multiline).Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Part(string text, string from, string to)
    {
        int start = text.IndexOf(from, StringComparison.Ordinal);
        int end = text.IndexOf(to, start, StringComparison.Ordinal);
        return text[start..end];
    }
}
