using System.Buffers.Binary;

namespace Vmemmap.Dumps;

/// <summary>Struct pages by PFN, read through vmemmap as the kernel reads them.</summary>
internal sealed class StructPages<TFormat, TMemory>(
    VmemmapMap<TFormat, TMemory> map, PhysicalImage image, ulong vmemmapBase, StructPageFormat format, int pageShift)
    where TFormat : struct, IPageTableFormat
    where TMemory : struct, IPhysicalMemory
{
    /// <summary>Virtual address of a struct page.</summary>
    public ulong AddressOf(ulong pfn) => vmemmapBase + (pfn * (ulong)format.Size);

    /// <summary>Reads a 64-bit field.</summary>
    /// <param name="pfn">The PFN.</param>
    /// <param name="offset">Bytes from its struct page; may reach into the next ones.</param>
    /// <param name="value">The field.</param>
    /// <returns>False if it is unmapped or absent.</returns>
    public bool TryRead(ulong pfn, int offset, out ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        bool there = TryRead(pfn, offset, bytes);
        value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return there;
    }

    /// <summary>Whether a head carries the HugeTLB mark; null if that cannot be read.</summary>
    public bool? IsMarked(ulong pfn, HugetlbMark mark)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        return TryRead(pfn, mark.Offset, bytes[..mark.Width])
            ? (BinaryPrimitives.ReadUInt64LittleEndian(bytes) & mark.Mask) == mark.Value
            : null;
    }

    /// <summary>The order that a head gives; null if it cannot be read.</summary>
    public int? OrderOf(ulong pfn, HugetlbMark mark)
    {
        Span<byte> order = stackalloc byte[1];
        return TryRead(pfn, mark.OrderOffset, order) ? order[0] : null;
    }

    /// <summary>Whether a tail leads to a head; null if it cannot be read.</summary>
    /// <remarks>
    /// To v7.0 compound_head is the head's address plus 1. From v7.1 on compound_info may be a mask plus 1 in its place, and the
    /// head is the tail's address under that mask.
    /// </remarks>
    public bool? LeadsTo(ulong tail, ulong head)
    {
        if (!TryRead(tail, format.CompoundOffset, out ulong word))
        {
            return null;
        }

        if ((word & 1) == 0)
        {
            return false;
        }

        ulong value = word & ~1UL;
        if (value == AddressOf(head))
        {
            return true;
        }

        // A mask is ones down to some bit; ~value + 1 is then that bit alone.
        ulong lowest = unchecked(~value + 1);
        bool isMask = format.IsCompoundInfo && value >> 63 != 0 && (lowest & (lowest - 1)) == 0;
        return isMask && (AddressOf(tail) & value) == AddressOf(head);
    }

    private bool TryRead(ulong pfn, int offset, Span<byte> destination)
    {
        ulong address = AddressOf(pfn) + (ulong)offset;
        Slot slot = map.SlotAt(address);
        ulong inPage = address & ((1UL << pageShift) - 1);
        return slot.IsMapped && image.TryRead(slot.Frame + inPage, destination);
    }
}
