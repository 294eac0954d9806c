namespace Vmemmap.Tests.Simulation.Checking;

/// <summary>
/// Offsets and values in a struct page, written out from facts: 6.12 include/linux/mm_types.h and page-flags.h, and what VMCOREINFO of
/// 6.12.117 prints (PG_head_mask 64, PAGE_HUGETLB_MAPCOUNT_VALUE 0xf4000000).
/// </summary>
internal static class StructPageWords
{
    public const ulong Flags = 0;
    public const ulong Info = 8;
    public const ulong Mapping = 24;
    public const ulong Index = 32;
    public const ulong Private = 40;
    public const ulong TypeAndReferences = 48;
    public const ulong HeadFlag = 0x40;
    public const ulong ReservedFlag = 0x2000;
    public const ulong PoisonFlag = 0x100000;
    public const ulong OptimizedFlag = 0x10;
    public const ulong TailMapping = 0xdead000000000400;
    public const ulong NoTypeNoReferences = 0x00000000_ffffffff;

    /// <summary>Node in bits 63:54, zone in bits 53:51.</summary>
    public static ulong Place(int node, int zone) => ((ulong)node << 54) | ((ulong)zone << 51);
}
