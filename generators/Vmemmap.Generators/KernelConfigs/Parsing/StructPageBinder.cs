using Vmemmap.Generators.KernelConfigs.Model;

namespace Vmemmap.Generators.KernelConfigs.Parsing;

/// <summary>
/// sizeof(struct page), 64-bit kernels (6.12 include/linux/mm_types.h struct page): 56 bytes, and 8 more with memcg_data; a multiple of 16 where
/// the architecture asks for that.
/// </summary>
/// <remarks>
/// What else makes it grow is not derived but reported: KMSAN's two pointers, and _last_cpupid where it finds no room in page->flags. That room depends on
/// the number of flags, which is counted here from above: at most 21 that every kernel has, and those that a symbol brings (include/linux/page-flags.h,
/// page-flags-layout.h).
/// </remarks>
internal static class StructPageBinder
{
    private const int FlagsBits = 64;
    private const int MostCommonFlags = 21;

    /// <summary>Binds.</summary>
    public static StructPageSpec Bind(ConfigText config, KernelVersion version)
    {
        if (config["KMSAN"] is { IsOn: true } kmsan)
        {
            return new StructPageSpec(0, $"{kmsan.InLine} adds to it");
        }

        bool hasMemcg = config.IsOn("MEMCG") || config.IsOn("SLAB_OBJ_EXT");
        bool isAligned = config.IsOn("HAVE_ALIGNED_STRUCT_PAGE");
        int size = hasMemcg || isAligned ? 64 : 56;

        // Without memcg_data an aligned struct page has four spare bytes, which _last_cpupid takes.
        if ((hasMemcg || !isAligned) && config["NUMA_BALANCING"] is { IsOn: true } balancing && CpuPidBits(config) is var bits && bits > FreeBits(config, version))
        {
            return new StructPageSpec(0, $"{balancing.InLine} keeps a CPU and a process in it, and whether page->flags has the {Number.Text(bits)} bits for that is not certain");
        }

        string reason = config.IsOn("MEMCG") ? "CONFIG_MEMCG=y"
            : hasMemcg ? "CONFIG_SLAB_OBJ_EXT=y"
            : isAligned ? "CONFIG_HAVE_ALIGNED_STRUCT_PAGE=y"
            : "neither CONFIG_MEMCG nor CONFIG_HAVE_ALIGNED_STRUCT_PAGE";
        return new StructPageSpec(size, reason);
    }

    // LAST_CPUPID_SHIFT: 8 bits of the process and NR_CPUS_BITS.
    private static int CpuPidBits(ConfigText config) => 8 + BitsOf(config.NumberOf("NR_CPUS") ?? int.MaxValue);

    private static int FreeBits(ConfigText config, KernelVersion version)
    {
        int zones = 2 + Count(config, "ZONE_DMA", "ZONE_DMA32", "ZONE_DEVICE");
        int fields = BitsOf(zones)
            + (config.IsOn("LRU_GEN") ? 3 : 0)
            + (config.NumberOf("NODES_SHIFT") ?? 0)
            + (config.IsOn("KASAN_SW_TAGS") || config.IsOn("KASAN_HW_TAGS") ? 8 : 0);
        int flags = MostCommonFlags
            + 1 // PG_mlocked
            + Count(config, "ARCH_USES_PG_UNCACHED", "MEMORY_FAILURE", "KASAN_HW_TAGS")
            + (2 * Count(config, "PAGE_IDLE_FLAG", "ARCH_USES_PG_ARCH_X"))
            + (version < new KernelVersion(6, 2) ? 1 : Count(config, "ARCH_USES_PG_ARCH_2", "ARCH_USES_PG_ARCH_3"));
        return FlagsBits - fields - flags;
    }

    private static int Count(ConfigText config, params string[] symbols)
    {
        int count = 0;
        foreach (string symbol in symbols)
        {
            count += config.IsOn(symbol) ? 1 : 0;
        }

        return count;
    }

    // Bits that tell so many things apart: order_base_2 of the kernel.
    private static int BitsOf(int things)
    {
        int bits = 0;
        while (bits < 31 && 1L << bits < things)
        {
            bits++;
        }

        return bits;
    }
}
