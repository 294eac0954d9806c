namespace Vmemmap.Dumps;

/// <summary>Where the fields of struct page are that the census reads, and how a HugeTLB head is marked, as VMCOREINFO says.</summary>
/// <param name="Size">sizeof(struct page), bytes.</param>
/// <param name="FlagsOffset">OFFSET(page.flags).</param>
/// <param name="CompoundOffset">OFFSET(page.compound_head), or of compound_info from v7.1 on.</param>
/// <param name="IsCompoundInfo">Whether the field is compound_info, which may hold a mask in place of a pointer.</param>
/// <param name="HeadMask">NUMBER(PG_head_mask).</param>
/// <param name="PrivateOffset">OFFSET(page.private), where a HugeTLB head keeps its HPG flags; -1 if not told.</param>
/// <param name="Mark">The HugeTLB mark; null if VMCOREINFO does not tell.</param>
internal sealed record StructPageFormat(
    int Size, int FlagsOffset, int CompoundOffset, bool IsCompoundInfo, ulong HeadMask, int PrivateOffset, HugetlbMark? Mark)
{
    /// <summary>HPG_vmemmap_optimized (v6.12 include/linux/hugetlb.h): bit 4 of the head's private.</summary>
    public const ulong OptimizedFlag = 1 << 4;

    /// <summary>Reads it.</summary>
    /// <exception cref="ImageFormatException">The size of struct page is missing or absurd.</exception>
    public static StructPageFormat Read(string path, Vmcoreinfo info, List<string> warnings)
    {
        if (!info.TryGetSize("page", out long size) || size is < 32 or > 512 || size % 8 != 0)
        {
            throw new ImageFormatException(path, $"VMCOREINFO SIZE(page) is missing or absurd, and without the size of struct page no address in vmemmap means anything; give it with --vmcoreinfo");
        }

        bool isInfo = info.TryGetOffset("page.compound_info", out long compound);
        bool complete = info.TryGetOffset("page.flags", out long flags) & (isInfo || info.TryGetOffset("page.compound_head", out compound))
            & info.TryGetNumber("PG_head_mask", out long headMask);
        HugetlbMark? mark = complete ? HugetlbMark.Find(path, info, (int)size) : null;
        if (mark is null)
        {
            warnings.Add("VMCOREINFO does not say how this kernel marks HugeTLB pages: only optimized pages are recognised, by their page tables, and unoptimized ones are not counted");
        }

        return new StructPageFormat(
            (int)size,
            Within(path, "page.flags", flags, size),
            Within(path, isInfo ? "page.compound_info" : "page.compound_head", compound, size),
            isInfo,
            complete && headMask == 0 ? throw new ImageFormatException(path, "VMCOREINFO NUMBER(PG_head_mask) is 0, which no kernel's is; give a good one with --vmcoreinfo") : (ulong)headMask,
            info.TryGetOffset("page.private", out long field) ? Within(path, "page.private", field, size) : -1,
            mark);
    }

    private static int Within(string path, string member, long offset, long size) => offset >= 0 && offset + 8 <= size && offset % 8 == 0
        ? (int)offset
        : throw new ImageFormatException(path, $"VMCOREINFO OFFSET({member})={offset} is no field of a struct page of {size} bytes; give a good one with --vmcoreinfo");
}
