using Vmemmap.Tables.Model;

namespace Vmemmap;

/// <summary>A page-table format that was loaded from a table at run time. Get it from <see cref="TableWalker.Format"/>.</summary>
public readonly struct TableFormat : IPageTableFormat
{
    // Everything a translation needs, without a chain of records behind it.
    private readonly ArchitectureSpec _spec;
    private readonly EntrySpec _entry;
    private readonly LevelSpec[] _levels;
    private readonly PieceSpec[] _pieces;

    internal TableFormat(ArchitectureSpec spec)
    {
        _spec = spec;
        _entry = spec.Entry;
        _levels = [.. spec.Levels];
        _pieces = [.. spec.Entry.Pieces];
    }

    /// <inheritdoc/>
    public int PageShift => _spec.PageShift;

    /// <inheritdoc/>
    public int LevelCount => _levels.Length;

    /// <inheritdoc/>
    public ulong ValidMask => _entry.ValidMask;

    /// <inheritdoc/>
    public ulong AddressMask => _entry.AddressMask;

    /// <inheritdoc/>
    public ulong SharedAddressMask =>
        _levels[LevelCount - 1].NapotMask != 0 ? _entry.ContiguousMask : 0;

    /// <inheritdoc/>
    public int LevelShift(int level) => _levels[level].Shift;

    /// <inheritdoc/>
    public int LevelIndexBits(int level) => _levels[level].IndexBits;

    /// <inheritdoc/>
    public bool IsCanonical(ulong virtualAddress)
    {
        int bits = _spec.VirtualAddressBits;
        return _spec.Canonical == Tables.Model.CanonicalRule.UpperHalf
            ? bits == 64 || virtualAddress >> bits == ulong.MaxValue >> bits
            : (ulong)((long)(virtualAddress << (64 - bits)) >> (64 - bits)) == virtualAddress;
    }

    /// <inheritdoc/>
    public EntryKind Classify(int level, ulong entry)
    {
        EntrySpec format = _entry;
        LevelSpec spec = _levels[level];
        if ((entry & format.ValidMask) == 0)
        {
            return EntryKind.NotPresent;
        }

        if ((entry & format.ReservedMask) != 0)
        {
            return EntryKind.Reserved;
        }

        bool last = spec.Leaf == Tables.Model.LeafUse.Page;
        bool marked = (entry & format.LeafMask) != 0;
        bool leaf = format.LeafRule switch
        {
            LeafRule.TableBit => last ? marked : !marked,
            LeafRule.BlockBit => last || marked,
            _ => marked,
        };
        if (!leaf)
        {
            return last || (entry & format.TableReservedMask) != 0 ? EntryKind.Reserved : EntryKind.Table;
        }

        if (spec.Leaf == Tables.Model.LeafUse.None || (entry & spec.LeafReservedMask) != 0)
        {
            return EntryKind.Reserved;
        }

        if (format.ReadableMask != 0 && IsWritable(entry) && (entry & format.ReadableMask) == 0)
        {
            return EntryKind.Reserved;
        }

        bool napot = format.ContiguousRule == ContiguousRule.Napot && (entry & format.ContiguousMask) != 0;
        return napot && (spec.NapotMask == 0 || (entry & spec.NapotMask) != spec.NapotValue) ? EntryKind.Reserved : EntryKind.Leaf;
    }

    /// <inheritdoc/>
    public ulong TableAddress(ulong entry) => Join(entry & _entry.AddressMask);

    /// <inheritdoc/>
    public ulong PhysicalAddress(int level, ulong entry, ulong virtualAddress)
    {
        LevelSpec spec = _levels[level];
        ulong raw = entry & spec.LeafAddressMask;
        int offsetBits = spec.Shift;
        if (_entry.ContiguousRule == ContiguousRule.Napot && (entry & _entry.ContiguousMask) != 0)
        {
            raw &= ~spec.NapotMask;
            offsetBits += spec.ContiguousShift;
        }

        return Join(raw) | (virtualAddress & ((1UL << offsetBits) - 1));
    }

    /// <inheritdoc/>
    public int LeafSizeShift(int level, ulong entry)
    {
        LevelSpec spec = _levels[level];
        return spec.Shift + ((entry & _entry.ContiguousMask) != 0 ? spec.ContiguousShift : 0);
    }

    /// <inheritdoc/>
    public bool IsWritable(ulong entry)
    {
        EntrySpec format = _entry;
        return format.WritableMask != 0 ? (entry & format.WritableMask) != 0 : (entry & format.ReadOnlyMask) == 0;
    }

    /// <inheritdoc/>
    public bool TableAllowsWrite(ulong entry)
    {
        EntrySpec format = _entry;
        return (entry & format.TableWritableMask) == format.TableWritableMask && (entry & format.TableReadOnlyMask) == 0;
    }

    /// <inheritdoc/>
    public bool TryTranslate<TMemory>(in TMemory memory, ulong root, ulong virtualAddress, out Translation translation)
        where TMemory : struct, IPhysicalMemory, allows ref struct
    {
        if (!IsCanonical(virtualAddress))
        {
            return Translation.FaultAt(out translation, TranslationFault.NotCanonical, 0, 0, 0);
        }

        ulong table = root;
        bool writable = true;
        for (int level = 0; ; level++)
        {
            LevelSpec spec = _levels[level];
            ulong index = (virtualAddress >> spec.Shift) & ((1UL << spec.IndexBits) - 1);
            ulong entryAddress = table + (index * sizeof(ulong));
            if (!memory.TryReadEntry(entryAddress, out ulong entry))
            {
                return Translation.FaultAt(out translation, TranslationFault.Absent, level, entryAddress, 0);
            }

            switch (Classify(level, entry))
            {
                case EntryKind.NotPresent:
                    return Translation.FaultAt(out translation, TranslationFault.NotPresent, level, entryAddress, entry);

                case EntryKind.Reserved:
                    return Translation.FaultAt(out translation, TranslationFault.Reserved, level, entryAddress, entry);

                case EntryKind.Table:
                    writable &= TableAllowsWrite(entry);
                    table = TableAddress(entry);
                    break;

                default:
                    int sizeShift = LeafSizeShift(level, entry);
                    translation = new Translation(
                        PhysicalAddress(level, entry, virtualAddress), entryAddress, entry, level, sizeShift, writable && IsWritable(entry), sizeShift != spec.Shift);
                    return true;
            }
        }
    }

    /// <summary>Puts the pieces of a physical address where they belong.</summary>
    private ulong Join(ulong raw)
    {
        ulong address = 0;
        foreach (PieceSpec piece in _pieces)
        {
            ulong bits = raw & piece.Mask;
            address |= piece.Shift >= 0 ? bits << piece.Shift : bits >> -piece.Shift;
        }

        return address;
    }
}
