namespace Vmemmap;

/// <summary>
/// What HugeTLB keeps in <see cref="StructPage.Private"/> of a huge page's head (6.12 include/linux/hugetlb.h, enum
/// hugetlb_page_flags; each flag is HPG_ and its name there).
/// </summary>
[Flags]
public enum HugeTlbFlags : ulong
{
    /// <summary>None set.</summary>
    None = 0,

    /// <summary>HPG_restore_reserve: freeing the page gives its reservation back.</summary>
    RestoreReserve = 1 << 0,

    /// <summary>HPG_migratable: the page may be moved.</summary>
    Migratable = 1 << 1,

    /// <summary>HPG_temporary: not counted by the pool, freed when its last user lets go.</summary>
    Temporary = 1 << 2,

    /// <summary>HPG_freed: on a free list of the pool.</summary>
    Freed = 1 << 3,

    /// <summary>HPG_vmemmap_optimized: its tail struct pages are aliases.</summary>
    VmemmapOptimized = 1 << 4,

    /// <summary>HPG_raw_hwp_unreliable: which base pages have errors is no longer known.</summary>
    RawHwPoisonUnreliable = 1 << 5,
}
