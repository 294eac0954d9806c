using System.Globalization;
using System.Reflection;

namespace Vmemmap.Dumps.Tests.RealImages;

/// <summary>
/// The report against what the kernels themselves said. Set VMEMMAP_DUMPS to a folder of further images with their truth beside them
/// (NAME.core.gz, NAME.vmemmap.core.gz or NAME.elf, and NAME.truth.txt) to check those too.
/// </summary>
public sealed class RealImageTests
{
    private static readonly string[] Endings = [".vmemmap.core.gz", ".core.gz", ".elf"];

    public static TheoryData<string> Images
    {
        get
        {
            var images = new TheoryData<string>();
            foreach (string folder in Folders())
            {
                foreach (string file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
                {
                    if (Endings.Any(e => file.EndsWith(e, StringComparison.Ordinal)) && File.Exists(TruthPath(file)))
                    {
                        images.Add(file);
                    }
                }
            }

            return images;
        }
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void Report_SaysWhatTheKernelSaid(string image)
    {
        Truth truth = Truth.Read(TruthPath(image));
        using KernelImage kernel = KernelImage.Open(image);
        InspectReport report = InspectReportBuilder.Build(kernel, kernel.TakeCensus(), withHugePages: true);

        Assert.Equal(truth.Text("kernel"), report.KernelRelease);
        Assert.Equal(truth.Number("page_size"), report.PageSize);
        Assert.Equal(truth.Number("va_bits"), report.VirtualAddressBits);
        Assert.Equal(truth.Number("sizeof_struct_page"), report.StructPageSize);
        Assert.Equal(truth.Text("vmemmap_va_of_pfn_0"), report.VmemmapBase);
        Assert.Equal(truth.Number("root_table_pa"), (long)kernel.RootTable);
        Assert.Equal(truth.Number("page_table_levels"), kernel.Architecture.Levels.Count);
        Assert.Equal(truth.TextOrNull("kaslr_offset") ?? "0x0", report.KaslrOffset);

        Assert.Equal(truth.Number("freed_vmemmap_pages_total"), report.FreedPages);
        Assert.Equal(truth.Number("freed_vmemmap_bytes_total"), report.FreedBytes);
        Assert.Equal(report.FreedPages, report.Hugetlb.Sum(h => h.FreedPages));
        Assert.Equal(report.FreedPages > 0 && truth.Number("read_only_vmemmap_ptes") == 0, report.AliasesWritable);
        Assert.Equal(
            report.FreedPages == 0 ? "none" : truth.NumberOrZero("reserved_vmemmap_pages") == 2 ? "reserve-two" : "reserve-one",
            report.Layout);
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void EveryHugePage_IsWhatTheKernelSaid(string image)
    {
        Truth truth = Truth.Read(TruthPath(image));
        using KernelImage kernel = KernelImage.Open(image);
        InspectReport report = InspectReportBuilder.Build(kernel, kernel.TakeCensus(), withHugePages: true);

        foreach (Dictionary<string, string> pool in truth.Records("pool"))
        {
            HugetlbReport size = Assert.Single(report.Hugetlb, h => h.Size == Truth.ParseNumber(pool["size_kb"]) * 1024);
            Assert.Equal(Truth.ParseNumber(pool["nr"]), size.Pages);
            Assert.Equal(Truth.ParseNumber(pool["optimized"]), size.Optimized);
            Assert.Equal(double.Parse(pool["vmemmap_pages_each"], CultureInfo.InvariantCulture), size.VmemmapPages);
            Assert.Equal(Truth.ParseNumber(pool["freed"]), size.FreedPages);
            Assert.Equal(0, size.Partial);
            Assert.Equal(0, size.FlagMismatch);
            Assert.Equal(0, size.Unknown);
            // The truth's figure is plain arithmetic; a struct page that is no power of two switches HVO off.
            Assert.Equal(report.StructPageSize == 64 ? Truth.ParseNumber(pool["freed_each_when_optimized"]) : 0, size.FreedPerPage);
        }

        var expected = truth.Records("hugepage").Select(h => new HugePageReport(
            h["head_pfn"],
            Truth.ParseNumber(h["base_pages"]) * report.PageSize,
            h["optimized"] == "1",
            h["vmemmap_va"],
            (int)Truth.ParseNumber(h["distinct_frames"]),
            h["first_frame"])).OrderBy(h => Truth.ParseNumber(h.HeadPfn)).ToList();
        Assert.NotEmpty(expected);
        Assert.Equal(expected, report.HugePages);
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void StaleHeadsTablesAndDevices_AreWhatTheKernelSaid(string image)
    {
        Truth truth = Truth.Read(TruthPath(image));
        using KernelImage kernel = KernelImage.Open(image);
        InspectReport report = InspectReportBuilder.Build(kernel, kernel.TakeCensus(), withHugePages: false);

        bool isReduced = image.EndsWith(".core.gz", StringComparison.Ordinal) && !image.EndsWith(".vmemmap.core.gz", StringComparison.Ordinal);
        Assert.Equal(isReduced ? null : truth.Number("stale_hugetlb_heads_kpageflags"), report.StaleHeads);

        long groups = truth.NumberOrZero("devdax_groups (writable PTEs sharing one frame)");
        Assert.Equal(groups, report.Devdax.Sum(d => d.Groups));
        Assert.Equal(truth.NumberOrZero("devdax_frames_freed"), report.Devdax.Sum(d => d.FreedPages));
        Assert.All(report.Devdax, d => Assert.Equal(Truth.ParseNumber(truth.TextOrNull("DAX nd align")?.Split('=')[^1] ?? "2097152"), d.Align));

        long tables = truth.Number("vmemmap_last_level_tables");
        long deviceTables = report.Devdax.Sum(d => d.PageTables);
        bool byBlocks = report.PageSize == 4096;
        Assert.Equal(byBlocks ? tables - deviceTables : 0, report.SplitPageTables);
        Assert.Equal(report.FreedBytes - (report.SplitPageTables * report.PageSize), report.NetBytes);
        if (groups > 0)
        {
            // The device's tables are those without an optimized page.
            Assert.Equal(truth.Number("vmemmap_last_level_tables_without"), deviceTables);
        }
    }

    private static IEnumerable<string> Folders()
    {
        string root = typeof(RealImageTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "RepositoryRoot").Value!;
        yield return Path.Combine(root, "tests", "fixtures");
        if (Environment.GetEnvironmentVariable("VMEMMAP_DUMPS") is { Length: > 0 } more)
        {
            yield return more;
        }
    }

    private static string TruthPath(string image) =>
        image[..^Endings.First(e => image.EndsWith(e, StringComparison.Ordinal)).Length] + ".truth.txt";
}
