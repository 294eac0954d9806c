using System.Collections.Generic;
using System.Linq;

namespace Vmemmap.Generators.KernelConfigs.Parsing;

/// <summary>The symbols that are read. A configuration has some ten thousand; the others may say what they like.</summary>
internal static class KnownSymbols
{
    private static readonly string[] Switches =
    [
        // The architecture.
        "X86_64", "X86_32", "ARM", "ARM64", "RISCV", "UML", "64BIT", "MMU", "EXPERT", "XIP_KERNEL",

        // Pages and addresses.
        "ARM64_4K_PAGES", "ARM64_16K_PAGES", "ARM64_64K_PAGES",
        "PAGE_SIZE_4KB", "PAGE_SIZE_8KB", "PAGE_SIZE_16KB", "PAGE_SIZE_32KB", "PAGE_SIZE_64KB", "PAGE_SIZE_256KB",
        "ARM64_VA_BITS_36", "ARM64_VA_BITS_39", "ARM64_VA_BITS_42", "ARM64_VA_BITS_47", "ARM64_VA_BITS_48", "ARM64_VA_BITS_52",
        "ARM64_PA_BITS_48", "ARM64_PA_BITS_52", "X86_5LEVEL",

        // Huge pages.
        "HUGETLB_PAGE", "CONTIG_ALLOC", "MEMORY_ISOLATION", "COMPACTION", "CMA", "RISCV_ISA_SVNAPOT", "SPARSEMEM_VMEMMAP",
        "HUGETLB_PAGE_FREE_VMEMMAP", "HUGETLB_PAGE_FREE_VMEMMAP_DEFAULT_ON",
        "HUGETLB_PAGE_OPTIMIZE_VMEMMAP", "HUGETLB_PAGE_OPTIMIZE_VMEMMAP_DEFAULT_ON",
        "ARCH_WANT_HUGETLB_PAGE_OPTIMIZE_VMEMMAP", "ARCH_WANT_OPTIMIZE_HUGETLB_VMEMMAP",

        // The members and flags of a struct page.
        "MEMCG", "SLAB_OBJ_EXT", "HAVE_ALIGNED_STRUCT_PAGE", "KMSAN", "NUMA_BALANCING", "LRU_GEN", "KASAN_SW_TAGS", "KASAN_HW_TAGS",
        "ZONE_DMA", "ZONE_DMA32", "ZONE_DEVICE", "MEMORY_FAILURE", "PAGE_IDLE_FLAG",
        "ARCH_USES_PG_UNCACHED", "ARCH_USES_PG_ARCH_2", "ARCH_USES_PG_ARCH_3", "ARCH_USES_PG_ARCH_X",
    ];

    private static readonly string[] Numbers =
    [
        "PAGE_SHIFT", "ARM64_PAGE_SHIFT", "ARM64_CONT_PTE_SHIFT", "ARM64_CONT_PMD_SHIFT", "ARM64_VA_BITS", "ARM64_PA_BITS",
        "PGTABLE_LEVELS", "NR_CPUS", "NODES_SHIFT",
    ];

    // Almost every line is turned away here, so no string is made of its name.
    private static readonly string[][] ByLength = Group();

    private static readonly HashSet<string> NumberNames = [.. Numbers];

    /// <summary>Whether a symbol's value is a number.</summary>
    public static bool IsNumber(string name) => NumberNames.Contains(name);

    /// <summary>Finds the symbol that a part of a text names.</summary>
    /// <returns>Its name, or null if it is none that is read.</returns>
    public static string? Find(string text, int start, int length)
    {
        if (length >= ByLength.Length)
        {
            return null;
        }

        foreach (string name in ByLength[length])
        {
            if (string.CompareOrdinal(text, start, name, 0, length) == 0)
            {
                return name;
            }
        }

        return null;
    }

    private static string[][] Group()
    {
        string[] all = [.. Switches, .. Numbers];
        ILookup<int, string> lengths = all.ToLookup(name => name.Length);
        return [.. Enumerable.Range(0, all.Max(name => name.Length) + 1).Select(length => lengths[length].ToArray())];
    }
}
