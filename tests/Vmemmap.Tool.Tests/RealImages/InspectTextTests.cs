using System.Text.RegularExpressions;

namespace Vmemmap.Tool.Tests.RealImages;

/// <summary>The report for people. Figures are the kernels' own, from the truth beside each image.</summary>
public sealed class InspectTextTests
{
    [Fact]
    public void Inspect_ReserveOne_SaysWhatWasFreed()
    {
        string text = Fixture.Inspect("x86_64-6.12-4level-kaslr");
        Assert.Contains("x86-64, 4K pages, running at 48 bits", text);
        Assert.Contains("0xfffff15f80000000, struct page 64 bytes, KASLR offset 0x33000000", text);
        Assert.Contains("reserve-one", text);
        Assert.Matches(@"1G +1 +1 +0 +4096 +4095 +4095 +16 MiB", text);
        Assert.Matches(@"2M +112 +96 +0 +8 +7 +672 +2\.6 MiB\n", text);
        Assert.Contains("\n2M: 16 not optimized, cause unknown from an image\n", text);
        Assert.Contains("4767 pages, 19525632 bytes (18.6 MiB)", text);
        Assert.Matches(@"split page tables +12\n", text);
        Assert.Matches(@"net +19476480 bytes", text);
        Assert.Matches(@"stale heads +unknown", text);
    }

    [Fact]
    public void Inspect_WithAllFrames_CountsStaleHeads() =>
        Assert.Matches(@"stale heads +224\n", Fixture.Inspect("x86_64-6.12-4level-kaslr.vmemmap"));

    [Fact]
    public void Inspect_WritableAliases_SaysSo() =>
        Assert.Contains("aliases are WRITABLE, as this architecture has no read-only kernel mappings", Fixture.Inspect("riscv64-6.12-sv48-hvo"));

    [Fact]
    public void Inspect_OddStructPage_GivesTheReason() =>
        Assert.Contains("2M: 112 not optimized, struct page of 56 bytes is no power of two", Fixture.Inspect("riscv64-6.12-sv57-page56-nohvo"));

    [Fact]
    public void Inspect_SmallSizes_GiveTheReason() =>
        Assert.Contains("64K: 16 not optimized, too small: 1024 bytes of struct pages, and 4096 are always kept", Fixture.Inspect("arm64-6.1-4k-va48-hvo"));

    [Fact]
    public void Inspect_DeviceDax_StandsApart() =>
        Assert.Matches(@"device DAX 2M +512 groups, 3072 pages freed, 8 page tables", Fixture.Inspect("x86_64-6.12-devdax-2M"));

    [Fact]
    public void Inspect_BaseMappedVmemmap_SplitsNothing() =>
        Assert.Matches(@"split page tables +0 \(vmemmap is mapped by pages from the start\)", Fixture.Inspect("arm64-6.12-16k-va47-hvo"));

    [Fact]
    public void Inspect_Pages_ListsEachHugePage()
    {
        string text = Fixture.Inspect("x86_64-6.12-4level-kaslr", "--pages");
        Assert.Matches(@"0x100000 +1G +optimized +4095 +0xfffff15f84000000 +1 +0x14031f000", text);
        Assert.Equal(113, Regex.Count(text, @"(?m)^ +0x[0-9a-f]+ +(1G|2M) "));
    }

    [Theory]
    [InlineData("x86_64-6.12-4level-kaslr", "VMCOREINFO SYMBOL(vmemmap)")]
    [InlineData("x86_64-6.1-4level-nokaslr", "mem_section (section_mem_map)")]
    [InlineData("arm64-6.1-4k-va48-hvo", "VMCOREINFO NUMBER(VMEMMAP_START), NUMBER(PHYS_OFFSET)")]
    public void Inspect_Verbose_NamesTheSourceOfVmemmap(string image, string source) =>
        Assert.Matches(@"vmemmap \(PFN 0\) +0x[0-9a-f]+ +" + Regex.Escape(source), Fixture.Inspect(image, "--verbose"));

    /// <summary>What does not fit a terminal of 80 columns is cut or dropped there.</summary>
    [Fact]
    public void Tables_FitEightyColumns() =>
        Assert.DoesNotMatch(@"(?m)^ .{80,}$", Fixture.Inspect("arm64-6.1-4k-va48-hvo", "--pages"));

    [Fact]
    public void Inspect_ToAFile_LeavesNoBlanksAtLineEnds() =>
        Assert.DoesNotMatch(@"(?m)[ \t]+$", Fixture.Inspect("x86_64-6.12-4level-kaslr", "--verbose", "--pages"));
}
