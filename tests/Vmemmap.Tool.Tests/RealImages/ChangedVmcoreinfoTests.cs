using System.Text.Json;
using Vmemmap.Tool.Tests.Synthetic;

namespace Vmemmap.Tool.Tests.RealImages;

/// <summary>Real memory under a VMCOREINFO that lies or is silent: contradictions are refused, silence is made up for or said.</summary>
public sealed class ChangedVmcoreinfoTests : IDisposable
{
    private const string X64 = "x86_64-6.12-4level-kaslr";

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData("SYMBOL(vmemmap)=fffff15f80000000", "SYMBOL(vmemmap)=fffff15f80001000", "mem_section says 0xfffff15f80000000")]
    [InlineData("OFFSET(page.compound_head)=8", "OFFSET(page.compound_head)=9999", "OFFSET(page.compound_head)=9999")]
    [InlineData("OFFSET(page._mapcount)=48", "OFFSET(page._mapcount)=500", "HugeTLB mark at byte 500")]
    [InlineData("NUMBER(PG_head_mask)=64", "NUMBER(PG_head_mask)=0", "PG_head_mask")]
    [InlineData("SIZE(page)=64", "SIZE(page)=3", "SIZE(page)")]
    [InlineData("PAGESIZE=4096", "PAGESIZE=65536", "PAGESIZE=65536")]
    [InlineData("NUMBER(phys_base)=153092096", "NUMBER(phys_base)=153096192", "not in the image")]
    public void Inspect_OfALie_IsRefusedWithItsName(string truth, string lie, string named)
    {
        Change(X64, truth, lie);
        ToolRun run = ToolRun.Of("inspect", Fixture.Image(X64), "--vmcoreinfo", _path);
        run.AssertRefused(Fixture.Image(X64));
        Assert.Contains(named, run.Error);
    }

    /// <summary>riscv64's vmemmap is not arithmetic that can be redone: mem_section says where it is.</summary>
    [Fact]
    public void Inspect_WithoutTheSymbol_AsksMemSection()
    {
        const string Image = "riscv64-6.12-sv48-hvo";
        Change(Image, "SYMBOL(vmemmap)=ffff8d7ffe000000\n", "");
        using JsonDocument report = Report(Image);
        Assert.Equal("0xffff8d7ffe000000", report.RootElement.GetProperty("vmemmapBase").GetString());
        Assert.Equal(4767, report.RootElement.GetProperty("freedPages").GetInt64());
    }

    /// <summary>Arithmetic with a wrong start is overruled by what the kernel stored.</summary>
    [Fact]
    public void Inspect_WithAWrongStart_BelievesMemSection()
    {
        const string Image = "arm64-6.1-4k-va48-hvo";
        Change(Image, "NUMBER(PHYS_OFFSET)=0xffffe2bbc0000000", "NUMBER(PHYS_OFFSET)=0xffffe2bb80000000");
        using JsonDocument report = Report(Image);
        Assert.Equal("0xfffffc7511000000", report.RootElement.GetProperty("vmemmapBase").GetString());
        Assert.Equal(5402, report.RootElement.GetProperty("freedPages").GetInt64());
        Assert.Contains(Warnings(report), w => w.Contains("mem_section says 0xfffffc7511000000", StringComparison.Ordinal));
    }

    /// <summary>Without mem_section the device's tables are still its own: 2 under RAM, 8 under the device.</summary>
    [Fact]
    public void Inspect_WithoutMemSection_KeepsTheDevicesTablesApart()
    {
        const string Image = "x86_64-6.12-devdax-2M";
        Change(Image, "LENGTH(mem_section)", "LENGTH(no_section)");
        using JsonDocument report = Report(Image);
        Assert.Equal(2, report.RootElement.GetProperty("splitPageTables").GetInt64());
        Assert.Equal(450560, report.RootElement.GetProperty("netBytes").GetInt64());
        JsonElement dax = Assert.Single(report.RootElement.GetProperty("devdax").EnumerateArray());
        Assert.Equal((512, 3072, 8), (dax.GetProperty("groups").GetInt64(), dax.GetProperty("freedPages").GetInt64(), dax.GetProperty("pageTables").GetInt64()));
        Assert.Equal(JsonValueKind.Null, report.RootElement.GetProperty("staleHeads").ValueKind);
        Assert.Contains(Warnings(report), w => w.StartsWith("staleHeads is unknown", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("OSRELEASE=6.1.0-56-amd64", "OSRELEASE=custom")]
    [InlineData("OSRELEASE=6.1.0-56-amd64\n", "")]
    public void Inspect_WithoutAVersion_DoesNotKnowWhatAPageWouldGive(string truth, string silence)
    {
        const string Image = "x86_64-6.1-4level-hvooff";
        Change(Image, truth, silence);
        using JsonDocument report = Report(Image);
        Assert.All(report.RootElement.GetProperty("hugetlb").EnumerateArray(), h => Assert.Equal(JsonValueKind.Null, h.GetProperty("freedPerPage").ValueKind));
        Assert.Contains(Warnings(report), w => w.StartsWith("freedPerPage is unknown", StringComparison.Ordinal));
        Assert.Equal(97, report.RootElement.GetProperty("hugetlb").EnumerateArray().Sum(h => h.GetProperty("pages").GetInt64()));
    }

    [Fact]
    public void Inspect_WithoutTheMark_CountsWhatTablesShow()
    {
        Change(X64, "NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)=-201326592\n", "");
        using JsonDocument report = Report(X64);
        Assert.Equal(4767, report.RootElement.GetProperty("freedPages").GetInt64());
        Assert.Contains(Warnings(report), w => w.Contains("does not say how this kernel marks HugeTLB pages", StringComparison.Ordinal));
    }

    /// <summary>The remedy that a message offers must work: the architecture is asked for and given.</summary>
    [Fact]
    public void Inspect_WithoutTheWidthOfAddresses_TakesTheArchitectureGiven()
    {
        const string Image = "arm64-6.1-4k-va48-hvo";
        Change(Image, "NUMBER(VA_BITS)=48\n", "");
        File.WriteAllText(_path, File.ReadAllText(_path).Replace("NUMBER(TCR_EL1_T1SZ)=0x10\n", "", StringComparison.Ordinal));
        ToolRun refused = ToolRun.Of("inspect", Fixture.Image(Image), "--vmcoreinfo", _path);
        refused.AssertRefused(Fixture.Image(Image));
        Assert.Contains("--architecture", refused.Error);
        Assert.Contains("5402 pages", Fixture.Inspect(Image, "--vmcoreinfo", _path, "--architecture", "arm64-4k"));
    }

    private static IEnumerable<string> Warnings(JsonDocument report) =>
        report.RootElement.GetProperty("warnings").EnumerateArray().Select(w => w.GetString()!);

    private JsonDocument Report(string image) => JsonDocument.Parse(Fixture.Inspect(image, "--json", "--vmcoreinfo", _path));

    private void Change(string image, string truth, string lie)
    {
        string text = File.ReadAllText(Path.Combine(Fixture.Root, "tests", "fixtures", $"{image}.vmcoreinfo.txt"));
        Assert.Contains(truth, text);
        File.WriteAllText(_path, text.Replace(truth, lie, StringComparison.Ordinal));
    }
}
