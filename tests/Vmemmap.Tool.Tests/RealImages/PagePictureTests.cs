using System.Text.RegularExpressions;
using Vmemmap.Tool.Tests.Synthetic;

namespace Vmemmap.Tool.Tests.RealImages;

/// <summary>--page: struct pages → page frames.</summary>
public sealed class PagePictureTests
{
    [Fact]
    public void Page_ReserveOne_DrawsOneFrame()
    {
        string text = Fixture.Inspect("x86_64-6.12-4level-kaslr", "--page", "0x140a00");
        Assert.StartsWith("2M huge page at PFN 0x140a00: optimized, 512 struct pages in 8 vmemmap pages on 1 frame\n", text);
        Assert.Single(Regex.Matches(text, @"--- rw ------- --> 0x17efe6000"));
        Assert.Equal(7, Regex.Count(text, @"--- ro \(alias\) --> 0x17efe6000"));
        Assert.Matches(@"0xfffff15f8502f000 +\| +448\.\.511 \|", text);
    }

    /// <summary>The truth's reserve2_frames: page 0 on 0xfce00000, page 1 on 0xfce01000, six read-only aliases of it.</summary>
    [Fact]
    public void Page_ReserveTwo_DrawsTwoFrames()
    {
        string text = Fixture.Inspect("arm64-6.1-4k-va48-reserve2", "--page", "0x40000");
        Assert.Single(Regex.Matches(text, "--- rw ------- --> 0xfce00000"));
        Assert.Single(Regex.Matches(text, "--- rw ------- --> 0xfce01000"));
        Assert.Equal(6, Regex.Count(text, @"--- ro \(alias\) --> 0xfce01000"));
    }

    /// <summary>Where aliases are writable the kept page looks like them, and is drawn apart all the same.</summary>
    [Fact]
    public void Page_WithWritableAliases_DrawsTheKeptPageApart()
    {
        string text = Fixture.Inspect("riscv64-6.12-sv48-hvo", "--page", "0x101000");
        Assert.Single(Regex.Matches(text, @"0\.\.63 \| --- rw ------- --> 0x10026e000"));
        Assert.Equal(7, Regex.Count(text, @"--- rw \(alias\) --> 0x10026e000"));
    }

    [Theory]
    [InlineData("0x100000")]
    [InlineData("1048576")]
    [InlineData("0x13ffff")]
    public void Page_AnyPfnOfTheHugePage_DrawsIt(string pfn)
    {
        string text = Fixture.Inspect("x86_64-6.12-4level-kaslr", "--page", pfn);
        Assert.StartsWith("1G huge page at PFN 0x100000: optimized, 262144 struct pages in 4096 vmemmap pages on 1 frame\n", text);
        Assert.Contains("4092 more vmemmap pages, the same", text);
        Assert.Matches(@"0xfffff15f84fff000 +\| +262080\.\.262143 \| --- ro \(alias\) --> 0x14031f000", text);
    }

    /// <summary>As crash's vtop lays them out: entry address => raw entry. The root is the truth's root_table_pa.</summary>
    [Fact]
    public void Page_RawEntries_GoDownFromTheRoot()
    {
        string text = Fixture.Inspect("x86_64-6.12-4level-kaslr", "--page", "0x140a00");
        Assert.Matches(@"PGD: 3ee22f10 => [0-9a-f]+   \[482\]", text);
        // Head entries are read-write and not executable: 8...163 (facts of the image: writable=1, 1377 of them).
        Assert.Matches(@"PTE: [0-9a-f]+ => 800000017efe6163   \[40\]", text);
    }

    [Fact]
    public void Page_OfNoHugePage_IsRefused()
    {
        string image = Fixture.Image("x86_64-6.12-4level-kaslr");
        ToolRun run = ToolRun.Of("inspect", image, "--page", "0x5");
        run.AssertRefused(image);
        Assert.Contains("PFN 0x5 is in no HugeTLB page", run.Error);
    }
}
