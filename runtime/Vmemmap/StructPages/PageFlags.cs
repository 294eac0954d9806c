namespace Vmemmap;

/// <summary>The flags word of a struct page: flag bits from below, zone and node from above.</summary>
/// <remarks>
/// Bit numbers are those of 6.12 include/linux/page-flags.h (enum pageflags) with CONFIG_MMU and CONFIG_MEMORY_FAILURE. VMCOREINFO of
/// 6.12.117 gives the fixed points: PG_lru 5, PG_head_mask 64, PG_swapcache 10 (the same bit as PG_owner_priv_1), PG_private 14,
/// PG_swapbacked 17, PG_hwpoison 20. Earlier kernels number them otherwise (6.1: PG_lru 4, PG_head 16, PG_hwpoison 23).
/// Zone and node lie as 6.12 include/linux/page-flags-layout.h puts them for a kernel with CONFIG_SPARSEMEM_VMEMMAP (no section bits),
/// CONFIG_NODES_SHIFT=10 and five to eight zones, as in Debian's x86-64 kernels; what lies between them and the flags (last_cpupid) is
/// not named here. All members are pure and may be used from any thread.
/// </remarks>
public static class PageFlags
{
    /// <summary>PG_locked.</summary>
    public const int LockedBit = 0;

    /// <summary>PG_writeback.</summary>
    public const int WritebackBit = 1;

    /// <summary>PG_referenced.</summary>
    public const int ReferencedBit = 2;

    /// <summary>PG_uptodate.</summary>
    public const int UpToDateBit = 3;

    /// <summary>PG_dirty.</summary>
    public const int DirtyBit = 4;

    /// <summary>PG_lru.</summary>
    public const int LruBit = 5;

    /// <summary>PG_head: the first struct page of a compound page, or an alias of one (a fake head).</summary>
    public const int HeadBit = 6;

    /// <summary>PG_waiters.</summary>
    public const int WaitersBit = 7;

    /// <summary>PG_active.</summary>
    public const int ActiveBit = 8;

    /// <summary>PG_workingset.</summary>
    public const int WorkingSetBit = 9;

    /// <summary>PG_owner_priv_1; also PG_swapcache, and PG_vmemmap_self_hosted of a page that holds struct pages.</summary>
    public const int OwnerPrivateBit = 10;

    /// <summary>PG_owner_2.</summary>
    public const int OwnerSecondBit = 11;

    /// <summary>PG_arch_1.</summary>
    public const int ArchitectureBit = 12;

    /// <summary>PG_reserved: boot memory that the buddy allocator never had.</summary>
    public const int ReservedBit = 13;

    /// <summary>PG_private.</summary>
    public const int PrivateBit = 14;

    /// <summary>PG_private_2.</summary>
    public const int PrivateSecondBit = 15;

    /// <summary>PG_reclaim.</summary>
    public const int ReclaimBit = 16;

    /// <summary>PG_swapbacked.</summary>
    public const int SwapBackedBit = 17;

    /// <summary>PG_unevictable.</summary>
    public const int UnevictableBit = 18;

    /// <summary>PG_mlocked.</summary>
    public const int MLockedBit = 19;

    /// <summary>PG_hwpoison: the frame has a memory error.</summary>
    public const int HwPoisonBit = 20;

    /// <summary>Mask of PG_head (PG_head_mask).</summary>
    public const ulong Head = 1UL << HeadBit;

    /// <summary>Mask of PG_owner_priv_1 in its use as PG_vmemmap_self_hosted.</summary>
    public const ulong VmemmapSelfHosted = 1UL << OwnerPrivateBit;

    /// <summary>Mask of PG_reserved.</summary>
    public const ulong Reserved = 1UL << ReservedBit;

    /// <summary>Mask of PG_private.</summary>
    public const ulong Private = 1UL << PrivateBit;

    /// <summary>Mask of PG_hwpoison.</summary>
    public const ulong HwPoison = 1UL << HwPoisonBit;

    /// <summary>Number of node bits (NODES_SHIFT).</summary>
    public const int NodeBits = 10;

    /// <summary>Lowest node bit: the node fills bits 63:54 (NODES_PGSHIFT).</summary>
    public const int NodeShift = 64 - NodeBits;

    /// <summary>Number of zone bits (ZONES_SHIFT of five to eight zones).</summary>
    public const int ZoneBits = 3;

    /// <summary>Lowest zone bit: the zone fills bits 53:51 (ZONES_PGSHIFT).</summary>
    public const int ZoneShift = NodeShift - ZoneBits;

    /// <summary>Mask of the node and zone bits.</summary>
    public const ulong NodeAndZoneMask = ulong.MaxValue << ZoneShift;

    /// <summary>The node and zone bits of a flags word; every other bit is 0.</summary>
    /// <param name="node">NUMA node, 0 to 1023.</param>
    /// <param name="zone">Zone index in the node (enum zone_type), 0 to 7.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number that its bits cannot hold.</exception>
    public static ulong NodeAndZone(int node, int zone)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)node, 1u << NodeBits, nameof(node));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)zone, 1u << ZoneBits, nameof(zone));
        return ((ulong)node << NodeShift) | ((ulong)zone << ZoneShift);
    }

    /// <summary>The NUMA node in a flags word (page_to_nid).</summary>
    /// <param name="flags">The flags word.</param>
    public static int Node(ulong flags) => (int)(flags >> NodeShift);

    /// <summary>The zone index in a flags word (page_zonenum).</summary>
    /// <param name="flags">The flags word.</param>
    public static int Zone(ulong flags) => (int)(flags >> ZoneShift) & ((1 << ZoneBits) - 1);
}
