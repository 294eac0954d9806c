using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Vmemmap;

/// <summary>One struct page of a 64-bit kernel, laid out as in memory: 64 bytes, one cache line.</summary>
/// <remarks>
/// Offsets are those of 6.12 include/linux/mm_types.h (struct page and struct folio) with CONFIG_MEMCG. A folio lends words of its
/// first three tails to the whole folio: the fields of these lie over those of a plain struct page and mean something there only.
/// Words are in the byte order of the machine that runs this. Every member that does not write is <see langword="readonly"/>.
/// As any struct it has no lock of its own: a caller that shares one between threads brings the order.
/// </remarks>
[StructPageLayout]
[StructLayout(LayoutKind.Explicit, Size = Size)]
public struct StructPage : IEquatable<StructPage>
{
    /// <summary>sizeof(struct page), bytes.</summary>
    public const int Size = 64;

    /// <summary>TAIL_MAPPING: what <see cref="Mapping"/> of an unused tail holds, 0x400 above the poison of x86-64, arm64 and riscv64
    /// (6.12 include/linux/poison.h, CONFIG_ILLEGAL_POINTER_VALUE).</summary>
    public const ulong TailMapping = 0xdead000000000400;

    /// <summary>Flag bits, zone and node: <see cref="PageFlags"/>. In the first tail (_flags_1) the low byte is the folio's order.</summary>
    [FieldOffset(0)]
    public ulong Flags;

    /// <summary>compound_head, from v7.1 on compound_info: bit 0 set in a tail, the rest leads to the head (<see cref="Vmemmap.CompoundInfo"/>).</summary>
    [FieldOffset(8)]
    public ulong CompoundInfo;

    /// <summary>lru.next (also buddy_list and pcp_list) of a page that is no tail; an address, so bit 0 is clear.</summary>
    [FieldOffset(8)]
    public ulong LruNext;

    /// <summary>lru.prev.</summary>
    [FieldOffset(16)]
    public ulong LruPrevious;

    /// <summary>Address of the address_space; <see cref="TailMapping"/> in a tail that has no other use for it.</summary>
    [FieldOffset(24)]
    public ulong Mapping;

    /// <summary>Offset in the mapping, in base pages.</summary>
    [FieldOffset(32)]
    public ulong Index;

    /// <summary>The owner's word: order of a free block, <see cref="HugeTlbFlags"/> in the head of a HugeTLB page.</summary>
    [FieldOffset(40)]
    public ulong Private;

    /// <summary>page_type: one of <see cref="PageTypes"/>.</summary>
    [FieldOffset(48)]
    public uint PageType;

    /// <summary>_mapcount of a page without a type: mappings less one.</summary>
    [FieldOffset(48)]
    public int MapCount;

    /// <summary>_refcount; 0 when frozen or free, and in every tail.</summary>
    [FieldOffset(52)]
    public int RefCount;

    /// <summary>memcg_data.</summary>
    [FieldOffset(56)]
    public ulong MemcgData;

    /// <summary>First tail: _large_mapcount, all mappings of the folio less one.</summary>
    [FieldOffset(16)]
    public int LargeMapCount;

    /// <summary>First tail: _entire_mapcount, mappings of the folio as a whole less one.</summary>
    [FieldOffset(20)]
    public int EntireMapCount;

    /// <summary>First tail: _nr_pages_mapped.</summary>
    [FieldOffset(24)]
    public int PagesMapped;

    /// <summary>First tail: _pincount.</summary>
    [FieldOffset(28)]
    public int PinCount;

    /// <summary>First tail: _folio_nr_pages, base pages of the folio.</summary>
    [FieldOffset(32)]
    public uint FolioPages;

    /// <summary>Second tail: _deferred_list.next.</summary>
    [FieldOffset(16)]
    public ulong DeferredNext;

    /// <summary>Second tail: _deferred_list.prev.</summary>
    [FieldOffset(24)]
    public ulong DeferredPrevious;

    /// <summary>Third tail: _hugetlb_subpool.</summary>
    [FieldOffset(16)]
    public ulong HugeTlbSubpool;

    /// <summary>Third tail: _hugetlb_cgroup.</summary>
    [FieldOffset(24)]
    public ulong HugeTlbCgroup;

    /// <summary>Third tail: _hugetlb_cgroup_rsvd.</summary>
    [FieldOffset(32)]
    public ulong HugeTlbCgroupReserved;

    /// <summary>Third tail: _hugetlb_hwpoison, the list of base pages with memory errors.</summary>
    [FieldOffset(40)]
    public ulong HugeTlbHwPoison;

    /// <summary>Whether PG_head is set. Where tails alias the head's frame this is also so of fake heads.</summary>
    public readonly bool IsHead => (Flags & PageFlags.Head) != 0;

    /// <summary>Whether bit 0 of <see cref="CompoundInfo"/> is set.</summary>
    public readonly bool IsTail => (CompoundInfo & Vmemmap.CompoundInfo.TailBit) != 0;

    /// <summary>Whether PG_reserved is set.</summary>
    public readonly bool IsReserved => (Flags & PageFlags.Reserved) != 0;

    /// <summary>Whether PG_hwpoison is set.</summary>
    public readonly bool IsHwPoisoned => (Flags & PageFlags.HwPoison) != 0;

    /// <summary>Whether the page type is HugeTLB's.</summary>
    public readonly bool IsHugeTlb => PageTypes.Is(PageType, PageTypes.HugeTlb);

    /// <summary>Whether the page type is the buddy allocator's.</summary>
    public readonly bool IsBuddy => PageTypes.Is(PageType, PageTypes.Buddy);

    /// <summary>NUMA node.</summary>
    public readonly int Node => PageFlags.Node(Flags);

    /// <summary>Zone index in the node.</summary>
    public readonly int Zone => PageFlags.Zone(Flags);

    /// <summary><see cref="Private"/> of the head of a HugeTLB page.</summary>
    public HugeTlbFlags HugeTlbFlags
    {
        readonly get => (HugeTlbFlags)Private;
        set => Private = (ulong)value;
    }

    /// <summary>The folio's order in the first tail: the low byte of its flags.</summary>
    public byte FolioOrder
    {
        readonly get => (byte)Flags;
        set => Flags = (Flags & ~0xffUL) | value;
    }

    /// <summary>Whether two struct pages hold the same 64 bytes.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(StructPage left, StructPage right) => left.Equals(right);

    /// <summary>Whether two struct pages differ in any of 64 bytes.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(StructPage left, StructPage right) => !left.Equals(right);

    /// <summary>A struct page of eight words, the flags first.</summary>
    /// <param name="line">The words.</param>
    public static StructPage FromLine(in Vector512<ulong> line) => Unsafe.BitCast<Vector512<ulong>, StructPage>(line);

    /// <summary>A struct page as the kernel first sets it (__init_single_page): zone, node, no type, and its references.</summary>
    /// <param name="node">NUMA node.</param>
    /// <param name="zone">Zone index in the node.</param>
    /// <param name="refCount">References: 1 for a page that is in use, 0 for a free one.</param>
    public static StructPage Initialized(int node, int zone, int refCount) =>
        new() { Flags = PageFlags.NodeAndZone(node, zone), PageType = PageTypes.None, RefCount = refCount };

    /// <summary>The eight words, the flags first.</summary>
    public readonly Vector512<ulong> AsLine() => Unsafe.BitCast<StructPage, Vector512<ulong>>(this);

    /// <summary>Sets PG_head (__SetPageHead).</summary>
    public void SetHead() => Flags |= PageFlags.Head;

    /// <summary>Clears PG_head (__ClearPageHead).</summary>
    public void ClearHead() => Flags &= ~PageFlags.Head;

    /// <summary>Makes it a tail as prep_compound_tail does (6.12 mm/internal.h): mapping poisoned, private 0.</summary>
    /// <param name="compoundInfo">The word that leads to the head, in either form of <see cref="Vmemmap.CompoundInfo"/>.</param>
    public void SetTail(ulong compoundInfo)
    {
        CompoundInfo = compoundInfo;
        Mapping = TailMapping;
        Private = 0;
    }

    /// <inheritdoc/>
    public readonly bool Equals(StructPage other) => AsLine() == other.AsLine();

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is StructPage other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => AsLine().GetHashCode();
}
