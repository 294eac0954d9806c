using Vmemmap.Generators.KernelConfigs.Model;

namespace Vmemmap.Generators.KernelConfigs.Parsing;

/// <summary>
/// The huge page sizes that a kernel registers by itself, in its order (6.12 arch/{x86,arm64,riscv}/mm/hugetlbpage.c, mm/hugetlb.c). A command line
/// with hugepagesz= comes before and changes the order.
/// </summary>
internal static class HstateBinder
{
    /// <summary>The first release with CONTIG_ALLOC, which stands for the condition that was written out before (8df995f6bde0).</summary>
    private static readonly KernelVersion FirstContigAlloc = new(5, 2);

    /// <summary>Binds.</summary>
    public static (ConfigHstateSpec[] Hstates, int DefaultSizeShift) Bind(ArchitectureFamily family, int pageShift, ConfigText config, KernelVersion version)
    {
        // HPAGE_SIZE, a PMD: a table of 8-byte entries fills a page.
        int pmd = pageShift + pageShift - 3;
        ConfigHstateSpec[] hstates = (family, pageShift) switch
        {
            (ArchitectureFamily.X64, _) => CanAllocateRanges(config, version) ? [new(30, "the CPU maps pages of 1G (CPUID pdpe1gb)"), new(21, "")] : [new(21, "")],
            (ArchitectureFamily.Arm64, 12) => [new(30, ""), new(25, ""), new(21, ""), new(16, "")],
            (ArchitectureFamily.Arm64, 14) => [new(30, ""), new(25, ""), new(21, "")],
            (ArchitectureFamily.Arm64, _) => [new(34, ""), new(29, ""), new(21, "")],
            _ =>
            [
                .. config.IsOn("RISCV_ISA_SVNAPOT") ? [new ConfigHstateSpec(16, "the CPU has Svnapot")] : System.Array.Empty<ConfigHstateSpec>(),
                .. config.IsOn("CONTIG_ALLOC") ? [new ConfigHstateSpec(30, "")] : System.Array.Empty<ConfigHstateSpec>(),
                new ConfigHstateSpec(21, ""),
            ],
        };
        return (hstates, pmd);
    }

    // 4.19 and 5.2 arch/x86/mm/hugetlbpage.c gigantic_pages_init.
    private static bool CanAllocateRanges(ConfigText config, KernelVersion version) => config["CONTIG_ALLOC"] is { } symbol
        ? symbol.IsOn
        : version < FirstContigAlloc && ((config.IsOn("MEMORY_ISOLATION") && config.IsOn("COMPACTION")) || config.IsOn("CMA"));
}
