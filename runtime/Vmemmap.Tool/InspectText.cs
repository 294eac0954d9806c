using System.Globalization;
using Spectre.Console;
using Vmemmap.Dumps;
using static Vmemmap.Tool.ReportTable;

namespace Vmemmap.Tool;

/// <summary>The report for people.</summary>
internal static class InspectText
{
    public static void Write(KernelImage kernel, CensusResult census, InspectReport report, InspectOptions options, TextWriter output) =>
        PlainConsole.Write(output, console => Write(console, kernel, census, report, options));

    private static void Write(IAnsiConsole console, KernelImage kernel, CensusResult census, InspectReport report, InspectOptions options)
    {
        WriteKernel(console, kernel, report);
        WriteHugetlb(console, census, report);
        WriteTotals(console, kernel, report);
        if (options.Pages)
        {
            WritePages(console, census);
        }

        if (options.Verbose)
        {
            WriteSources(console, kernel, report.Layout);
        }

        foreach (string warning in report.Warnings)
        {
            Line(console, $"warning: {warning}");
        }
    }

    private static void WriteKernel(IAnsiConsole console, KernelImage kernel, InspectReport report)
    {
        var grid = Facts();
        Row(grid, "image", report.Image);
        Row(grid, "kernel", report.KernelRelease ?? "unknown");
        Row(grid, "tables", $"{report.Architecture}, {NumberText.Size(report.PageSize)} pages, running at {report.VirtualAddressBits} bits");
        Row(grid, "vmemmap", $"{report.VmemmapBase}, struct page {report.StructPageSize} bytes, KASLR offset {report.KaslrOffset ?? "unknown"}");
        Row(grid, "layout", LayoutText(kernel, report));
        console.Write(grid);
    }

    private static string LayoutText(KernelImage kernel, InspectReport report)
    {
        string layout = report.Layout switch
        {
            "reserve-two" => "reserve-two: vmemmap pages 0 and 1 are kept, the rest alias page 1",
            "reserve-one" => "reserve-one: vmemmap page 0 is kept, the rest alias it",
            "shared-tail" => "shared-tail: vmemmap page 0 is kept, the rest alias a tail page that huge pages share",
            _ => "none: no huge page is optimized",
        };
        return report.Layout == "none" ? layout
            : report.AliasesWritable
                ? $"{layout}; aliases are WRITABLE" + (kernel.Architecture.HasReadOnlyKernelMappings ? string.Empty : ", as this architecture has no read-only kernel mappings")
                : $"{layout}, read-only";
    }

    private static void WriteHugetlb(IAnsiConsole console, CensusResult census, InspectReport report)
    {
        Table table = Columns("size", "huge pages", "optimized", "partial", "vmemmap", "freed each", "freed", "bytes");
        foreach (HugetlbReport size in report.Hugetlb)
        {
            table.AddRow(
                new Text(NumberText.Size(size.Size)),
                Number(size.Pages),
                Number(size.Optimized),
                Number(size.Partial),
                new Text(size.VmemmapPages.ToString("0.#####", CultureInfo.InvariantCulture)),
                size.FreedPerPage is { } each ? Number(each) : new Text("unknown"),
                Number(size.FreedPages),
                new Text(NumberText.Short(size.FreedBytes)));
        }

        console.Write(table);
        Line(console, "vmemmap, freed each and freed are pages of vmemmap: of one huge page, of one optimized, of all.\n");
        foreach (HugetlbReport size in report.Hugetlb)
        {
            foreach (string why in WhyNot(census, report, size))
            {
                Line(console, $"{NumberText.Size(size.Size)}: {why}");
            }
        }

        if (report.Hugetlb.Any(size => WhyNot(census, report, size).Any()))
        {
            console.WriteLine();
        }
    }

    private static IEnumerable<string> WhyNot(CensusResult census, InspectReport report, HugetlbReport size)
    {
        foreach (var reasons in census.HugePages
                     .Where(p => (long)p.Hstate.Size == size.Size && p.State is HugePageState.Unoptimized)
                     .GroupBy(p => p.Reason)
                     .OrderBy(g => g.Key))
        {
            yield return $"{reasons.Count()} {ReasonText(reasons.Key, report, size)}";
        }

        if (size.Unknown > 0)
        {
            yield return $"{size.Unknown} unknown, part of their vmemmap is not mapped, or by tables that are absent or corrupt";
        }

        if (size.FlagMismatch > 0)
        {
            yield return $"{size.FlagMismatch} with HPG_vmemmap_optimized against what the page tables say";
        }
    }

    private static string ReasonText(NotOptimizedReason reason, InspectReport report, HugetlbReport size) => reason switch
    {
        NotOptimizedReason.TooSmall => $"not optimized, too small: {size.StructPageBytes} bytes of struct pages, and {report.PageSize} are always kept",
        NotOptimizedReason.StructPageSize => $"not optimized, struct page of {report.StructPageSize} bytes is no power of two",
        NotOptimizedReason.SelfHosted => "not optimized, self-hosted: their struct pages lie in the hot-added memory itself",
        _ => "not optimized, cause unknown from an image",
    };

    private static void WriteTotals(IAnsiConsole console, KernelImage kernel, InspectReport report)
    {
        var grid = Facts();
        Row(grid, "freed by HVO", $"{report.FreedPages} pages, {NumberText.Bytes(report.FreedBytes)}");
        Row(grid, "split page tables", kernel.Architecture.MapsVmemmapByBlocks ? $"{report.SplitPageTables}" : "0 (vmemmap is mapped by pages from the start)");
        if (report.SharedTailPages > 0)
        {
            Row(grid, "shared tail pages", $"{report.SharedTailPages}");
        }

        Row(grid, "net", NumberText.Bytes(report.NetBytes));
        foreach (NodeReport node in report.Nodes)
        {
            Row(grid, $"node {node.Node}", node.FreedPages is { } freed ? $"{freed} pages freed" : "unknown");
        }

        foreach (DevdaxReport dax in report.Devdax)
        {
            Row(grid, $"device DAX {NumberText.Size(dax.Align)}", $"{dax.Groups} groups, {dax.FreedPages} pages freed, {dax.PageTables} page tables (not HVO, not counted above)");
        }

        Row(grid, "stale heads", report.StaleHeads is { } stale ? $"{stale}" : "unknown");
        console.Write(grid);
        console.WriteLine();
    }

    private static void WritePages(IAnsiConsole console, CensusResult census)
    {
        Table table = Columns("head PFN", "size", "state", "aliases", "struct pages at", "frames", "first frame");
        foreach (HugePageRecord page in census.HugePages)
        {
            table.AddRow(
                NumberText.Hex(page.HeadPfn),
                page.Hstate.Name,
                page.State.ToString().ToLowerInvariant(),
                page.Aliases.ToString(CultureInfo.InvariantCulture),
                NumberText.Hex(page.VmemmapAddress),
                page.DistinctFrames.ToString(CultureInfo.InvariantCulture),
                page.FirstFrame is { } frame ? NumberText.Hex(frame) : "unknown");
        }

        console.Write(table);
    }

    private static void WriteSources(IAnsiConsole console, KernelImage kernel, string layout)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("fact", "value", "source");
        foreach (KernelFact fact in kernel.Facts)
        {
            table.AddRow(new Text(fact.Name), new Text(fact.Value), new Text(fact.Source));
        }

        table.AddRow(new Text("layout"), new Text(layout), new Text("page tables"));
        console.Write(table);
    }
}
