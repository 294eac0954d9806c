using System.Globalization;
using System.Text.RegularExpressions;
using Vmemmap.Dumps.Tests.RealImages;
using Vmemmap.SamplePages;

namespace Vmemmap.Samples.Tests;

/// <summary>The numbers that the pages show are those of the kernels: said by these themselves, or by the kernel's source.</summary>
public sealed partial class TruthTests
{
    /// <summary>vmemmap_leaves_by_level (0 = last): {0: 6144, 1: 20}.</summary>
    [Fact]
    public void WalkAnImage_ShowsTheKernelsOwnCounts()
    {
        SampleCommand command = Sample.Named("WalkAnImage").Commands[0];
        Truth truth = TruthOf(command.Arguments[0]);
        Match leaves = Leaves().Match(truth.Text("vmemmap_leaves_by_level (0 = last)"));
        Assert.Contains($"kernel     {truth.Text("kernel")}, x86-64\n", command.Output);
        Assert.Contains($"root       {truth.Text("root_table_pa")}\n", command.Output);
        Assert.Contains($"vmemmap    {truth.Text("vmemmap_va_of_pfn_0")} -> ", command.Output);
        Assert.Contains($"2M leaves  {leaves.Groups["blocks"].Value}\n", command.Output);
        Assert.Contains($"4K leaves  {leaves.Groups["pages"].Value}, of which {truth.Number("read_only_vmemmap_ptes")} are read-only\n", command.Output);
    }

    [Fact]
    public void CensusToCsv_ShowsTheKernelsOwnCounts()
    {
        SampleCommand command = Sample.Named("CensusToCsv").Commands[0];
        string[] rows = command.Output.TrimEnd('\n').Split('\n');
        Assert.Equal("kernel,architecture,size,layout,pages,optimized,partial,freed_pages,freed_bytes", rows[0]);
        foreach (string image in command.Arguments)
        {
            Truth truth = TruthOf(image);
            long pageSize = truth.Number("page_size");
            Dictionary<long, string[]> shown = rows[1..].Select(row => row.Split(',')).Where(cells => cells[0] == truth.Text("kernel"))
                .ToDictionary(cells => long.Parse(cells[2], CultureInfo.InvariantCulture));
            Assert.NotEmpty(shown);
            foreach (Dictionary<string, string> pool in truth.Records("pool"))
            {
                string[] cells = shown[long.Parse(pool["size_kb"], CultureInfo.InvariantCulture) << 10];
                Assert.Equal(pool["nr"], cells[4]);
                Assert.Equal(pool["optimized"], cells[5]);
                Assert.Equal(pool["freed"], cells[7]);
                Assert.Equal(long.Parse(pool["freed"], CultureInfo.InvariantCulture) * pageSize, long.Parse(cells[8], CultureInfo.InvariantCulture));
            }
        }
    }

    /// <summary>
    /// v5.14 to v5.17 keep two of the 8 vmemmap pages of a huge page, later kernels one (mm/hugetlb_vmemmap.h), and v7.1 makes one tail page for all of an order
    /// in a zone. 32M on 16K pages has 8 vmemmap pages too.
    /// </summary>
    [Theory]
    [InlineData(0, 1024, 4)]
    [InlineData(1, 32, 16)]
    public void WhatIf_ShowsTheKernelsArithmetic(int index, int hugePages, int pageKilobytes)
    {
        Dictionary<string, string[]> rows = Sample.Named("WhatIf").Commands[index].Output.TrimEnd('\n').Split('\n')[2..]
            .Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToDictionary(cells => cells[0]);
        foreach ((string layout, int kept, int shared) in ((string, int, int)[])[
            ("reserve-two-posted", 2, 0), ("reserve-two", 2, 0), ("reserve-one-kept-head", 1, 0), ("reserve-one", 1, 0), ("shared-tail", 1, 1)])
        {
            int freed = hugePages * (8 - kept);
            Assert.Equal(freed, int.Parse(rows[layout][1], CultureInfo.InvariantCulture));
            Assert.Equal(shared, int.Parse(rows[layout][2], CultureInfo.InvariantCulture));
            Assert.Equal((freed - shared) * pageKilobytes, int.Parse(rows[layout][3], CultureInfo.InvariantCulture));
        }

        Assert.Equal(5, rows.Count);
    }

    /// <summary>Arm ARM D8.2 and arch/arm64/Kconfig; RISC-V Privileged, Sv39. v5.18 on keep one of the vmemmap pages (mm/hugetlb_vmemmap.h).</summary>
    [Theory]
    [InlineData(0, "arm64-16k-va48: 16K pages, 48 bits", "47/2 36/2048 25/2048 14/2048", 32 << 20, 16 << 10)]
    [InlineData(1, "riscv64-sv39: 4K pages, 39 bits", "30/512 21/512 12/512", 2 << 20, 4 << 10)]
    public void PickTheArchitecture_ShowsTheManualsGeometry(int index, string first, string levels, int hugePage, int page)
    {
        string[] lines = Sample.Named("PickTheArchitecture").Commands[index].Output.TrimEnd('\n').Split('\n');
        Assert.Equal(first, lines[0]);
        Assert.Equal(levels, string.Join(' ', lines[1..^2].Select(line => LevelLine().Replace(line, "${shift}/${entries}"))));
        int structPages = hugePage / page;
        int vmemmapPages = structPages * 64 / page;
        Assert.EndsWith($": {structPages} struct pages, {vmemmapPages} pages of vmemmap", lines[^2]);
        Assert.Equal($"HVO gives back {vmemmapPages - 1} of them", lines[^1]);
    }

    private static Truth TruthOf(string image) =>
        Truth.Read(Path.Combine(Sample.Root, image.Replace(".core.gz", ".truth.txt", StringComparison.Ordinal)));

    [GeneratedRegex(@"^  \w+ index shift (?<shift>\d+), (?<entries>\d+) entries$", RegexOptions.CultureInvariant)]
    private static partial Regex LevelLine();

    [GeneratedRegex(@"^\{0: (?<pages>\d+), 1: (?<blocks>\d+)\}$", RegexOptions.CultureInvariant)]
    private static partial Regex Leaves();
}
