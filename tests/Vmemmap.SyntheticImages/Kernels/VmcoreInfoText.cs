using System.Globalization;
using System.Text;

namespace Vmemmap.SyntheticImages;

/// <summary>Writes VMCOREINFO as a kernel of a version does (Linux kernel/vmcore_info.c, before 6.9 kernel/crash_core.c).</summary>
internal static class VmcoreInfoText
{
    internal static string Write(SyntheticKernel kernel, AddressSpace space, SectionTable sections, NodeTable nodes)
    {
        ulong root = kernel.EffectiveKernelPhysical + AddressSpace.RootOffset;
        List<string> lines =
        [
            $"OSRELEASE={kernel.Release ?? kernel.Version.ToString()}",
            "BUILD-ID=0123456789abcdef0123456789abcdef01234567",
            string.Create(CultureInfo.InvariantCulture, $"PAGESIZE={kernel.Machine.PageSize}"),
            $"SYMBOL(init_uts_ns)={root + space.Image + 0x1000:x}",
            "OFFSET(uts_namespace.name)=0",
            $"SYMBOL(swapper_pg_dir)={root + space.Image:x}",
            $"SYMBOL(_stext)={kernel.EffectiveKernelPhysical + space.Image:x}",
        ];
        if (kernel.Version.IsAtLeast(6, 8))
        {
            lines.Add($"SYMBOL(vmemmap)={space.Vmemmap:x}");
        }

        lines.AddRange(sections.Keys);
        lines.AddRange(PageKeys(kernel));
        lines.AddRange(nodes.Keys);
        lines.AddRange(MarkKeys(kernel));
        lines.AddRange(space.Keys);

        StringBuilder text = new();
        foreach (string line in lines.Where(line => !kernel.MissingKeys.Any(key => line.StartsWith(key, StringComparison.Ordinal))))
        {
            text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static IEnumerable<string> PageKeys(SyntheticKernel kernel)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"SIZE(page)={kernel.StructPageSize}");
        yield return "SIZE(list_head)=16";
        yield return "OFFSET(page.flags)=0";
        yield return "OFFSET(page._refcount)=52";
        yield return "OFFSET(page.mapping)=24";
        yield return "OFFSET(page.lru)=8";
        yield return "OFFSET(page._mapcount)=48";
        yield return "OFFSET(page.private)=40";
        switch (kernel.Mark)
        {
            case HugeTlbMark.CompoundDestructor:
                yield return "OFFSET(page.compound_dtor)=16";
                yield return "OFFSET(page.compound_order)=17";
                break;
            case HugeTlbMark.FolioDestructor:
                // Offsets in the folio, so the first struct page counts.
                yield return string.Create(CultureInfo.InvariantCulture, $"OFFSET(folio._folio_dtor)={kernel.StructPageSize + 16}");
                yield return string.Create(CultureInfo.InvariantCulture, $"OFFSET(folio._folio_order)={kernel.StructPageSize + 17}");
                break;
            default:
                break;
        }

        yield return kernel.Version.IsAtLeast(7, 1) ? "OFFSET(page.compound_info)=8" : "OFFSET(page.compound_head)=8";
    }

    private static IEnumerable<string> MarkKeys(SyntheticKernel kernel)
    {
        yield return "NUMBER(NR_FREE_PAGES)=0";
        yield return kernel.Version.IsAtLeast(6, 6) ? "NUMBER(PG_lru)=5" : "NUMBER(PG_lru)=4";
        yield return kernel.Version.IsAtLeast(6, 6) ? "NUMBER(PG_private)=14" : "NUMBER(PG_private)=13";
        yield return string.Create(CultureInfo.InvariantCulture, $"NUMBER(PG_head_mask)={StructPageWriter.HeadMask(kernel.Version)}");
        switch (kernel.Mark)
        {
            case HugeTlbMark.CompoundDestructor:
            case HugeTlbMark.FolioDestructor:
                yield return "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129";
                yield return "NUMBER(HUGETLB_PAGE_DTOR)=2";
                break;
            case HugeTlbMark.SecondPageFlag:
                yield return "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129";
                yield return string.Create(CultureInfo.InvariantCulture, $"NUMBER(PG_hugetlb)={StructPageWriter.HugeTlbFlagBit}");
                break;
            case HugeTlbMark.TypeBit:
                yield return "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129";
                yield return MapCount(~StructPageWriter.TypeBit(kernel.Version));
                break;
            default:
                yield return "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-268435456";
                yield return MapCount(StructPageWriter.HugeTlbType);
                break;
        }
    }

    /// <summary>The kernel prints it as a signed int.</summary>
    private static string MapCount(uint value) =>
        string.Create(CultureInfo.InvariantCulture, $"NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)={unchecked((int)value)}");
}
