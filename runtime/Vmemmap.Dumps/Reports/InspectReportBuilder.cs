using System.Globalization;

namespace Vmemmap.Dumps;

/// <summary>Census → report.</summary>
public static class InspectReportBuilder
{
    /// <summary>Makes the report.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="census">Its census.</param>
    /// <param name="withHugePages">Whether to list each huge page.</param>
    public static InspectReport Build(KernelImage kernel, CensusResult census, bool withHugePages)
    {
        var warnings = new List<string>([.. kernel.Warnings, .. census.Warnings]);
        List<HugetlbReport> hugetlb = [.. kernel.Architecture.Hstates.Select(hstate => Hugetlb(kernel, census, hstate))];
        if (hugetlb.Any(h => h.FlagMismatch is null))
        {
            warnings.Add("flagMismatch is unknown: " + (kernel.StructPages.PrivateOffset < 0
                ? "VMCOREINFO has no OFFSET(page.private)"
                : "of some huge pages the head struct page is not in the image, or has no HugeTLB mark"));
        }

        if (hugetlb.Any(h => h.FreedPerPage is null))
        {
            warnings.Add("freedPerPage is unknown: no huge page is optimized, and VMCOREINFO OSRELEASE names no kernel version");
        }

        long freedPages = hugetlb.Sum(h => h.FreedPages);
        long pageSize = kernel.Architecture.PageSize;
        return new InspectReport
        {
            Image = kernel.Path,
            KernelRelease = kernel.Vmcoreinfo.OsRelease,
            Architecture = kernel.Architecture.Name,
            PageSize = pageSize,
            VirtualAddressBits = kernel.VirtualAddressBits,
            StructPageSize = kernel.StructPageSize,
            VmemmapBase = Hex(kernel.VmemmapBase),
            KaslrOffset = kernel.KaslrOffset is { } offset ? Hex(offset) : null,
            Layout = NameOf(census.Layout),
            Hugetlb = hugetlb,
            Devdax = [.. census.Devdax.Select(d => new DevdaxReport((long)d.Align, d.Groups, d.FreedPages, d.PageTables))],
            StaleHeads = census.StaleHeads,
            SharedTailPages = census.SharedTailPages,
            AliasesWritable = census.AliasesWritable,
            Nodes = Nodes(kernel, census, warnings),
            SplitPageTables = census.SplitPageTables,
            FreedPages = freedPages,
            FreedBytes = freedPages * pageSize,
            NetBytes = (freedPages - census.SplitPageTables - census.SharedTailPages) * pageSize,
            Warnings = warnings,
            HugePages = withHugePages ? [.. census.HugePages.Select(HugePage)] : null,
        };
    }

    /// <summary>A layout's name in reports.</summary>
    public static string NameOf(VmemmapLayout layout) => layout switch
    {
        VmemmapLayout.ReserveTwo => "reserve-two",
        VmemmapLayout.ReserveOne => "reserve-one",
        VmemmapLayout.SharedTail => "shared-tail",
        _ => "none",
    };

    private static HugetlbReport Hugetlb(KernelImage kernel, CensusResult census, Hstate hstate)
    {
        List<HugePageRecord> pages = [.. census.HugePages.Where(p => p.Hstate == hstate)];
        VmemmapLayout? layout = census.Layout != VmemmapLayout.None ? census.Layout : KernelRelease.Layout(kernel.Vmcoreinfo.OsRelease);
        long freed = pages.Sum(p => (long)p.Aliases);
        return new HugetlbReport(
            (long)hstate.Size,
            pages.Count,
            pages.Count(p => p.State == HugePageState.Optimized),
            pages.Count(p => p.State == HugePageState.Partial),
            pages.Any(p => p.OptimizedFlag is null) ? null : pages.Count(p => p.IsFlagMismatch),
            pages.Count(p => p.State == HugePageState.Unknown),
            hstate.StructPageBytes(kernel.StructPageSize),
            hstate.VmemmapPages(kernel.StructPageSize),
            layout is { } known ? hstate.FreedPages(known, kernel.StructPageSize) : null,
            freed,
            freed * kernel.Architecture.PageSize);
    }

    private static List<NodeReport> Nodes(KernelImage kernel, CensusResult census, List<string> warnings)
    {
        if (NodeSpans.TryRead(kernel.Space, kernel.Vmcoreinfo, out string reason) is not { } spans)
        {
            warnings.Add($"nodes are unknown: {reason}");
            return [];
        }

        NodeReport[] reports = [.. spans.Nodes.Select(node => new NodeReport(node, 0))];
        bool flagsTell = census.HugePages.All(p => spans.Find(p.HeadPfn) is not [var only] || spans.NodeOf(p.PageFlags) is not { } told || told == only);
        long outside = 0;
        foreach (HugePageRecord page in census.HugePages.Where(p => p.Aliases > 0))
        {
            int[] nodes = spans.Find(page.HeadPfn);
            if (nodes.Length > 1 && flagsTell && spans.NodeOf(page.PageFlags) is { } node && nodes.Contains(node))
            {
                nodes = [node];
            }

            for (int i = 0; i < reports.Length; i++)
            {
                if (nodes.Contains(reports[i].Node))
                {
                    reports[i] = reports[i] with { FreedPages = nodes.Length == 1 ? reports[i].FreedPages + page.Aliases : null };
                }
            }

            outside += nodes.Length == 0 ? page.Aliases : 0;
        }

        if (outside > 0)
        {
            warnings.Add($"nodes leave out {outside} freed pages of huge pages that no node spans");
        }

        if (reports.Any(r => r.FreedPages is null))
        {
            warnings.Add("freedPages of some nodes is unknown: the nodes' spans overlap, and the flags of struct pages do not tell them apart");
        }

        return [.. reports];
    }

    private static HugePageReport HugePage(HugePageRecord page) => new(
        Hex(page.HeadPfn),
        (long)page.Hstate.Size,
        page.State == HugePageState.Unknown ? null : page.State == HugePageState.Optimized,
        Hex(page.VmemmapAddress),
        page.State == HugePageState.Unknown ? null : page.DistinctFrames,
        page.FirstFrame is { } frame ? Hex(frame) : null);

    private static string Hex(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");
}
