using System.Numerics;

namespace Vmemmap.HighGranularity;

/// <summary>
/// What one CPU has cached of a process's address space, entry by entry in its own size. It keeps what it has until it is flushed, or full:
/// then it begins anew, as hardware may at any time. Its lock is the CPU's, not the kernel's: a walk is done when a flush returns.
/// </summary>
/// <typeparam name="TArch">The architecture.</typeparam>
internal sealed class UserTlb<TArch>
    where TArch : struct, IArchitecture
{
    private const int MostEntries = 4096;
    private const int ShiftBits = 6;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, UserTlbEntry> _entries = [];

    /// <summary>Finds a translation, or walks for it.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="address">Virtual address.</param>
    /// <param name="write">Whether it is to be written.</param>
    /// <param name="physicalAddress">Physical address; 0 where there is none.</param>
    public UserAccess Access(AddressSpace<TArch> space, ulong address, bool write, out ulong physicalAddress)
    {
        lock (_gate)
        {
            if (!TryFind(address, out UserTlbEntry entry) || (write && !entry.IsWritable))
            {
                // A fault makes it forget the entry; if the tables allow the write by now, it was spurious.
                if (!space.TryWalk(address, out Translation translation))
                {
                    physicalAddress = 0;
                    return UserAccess.NotMapped;
                }

                entry = new UserTlbEntry(
                    translation.PhysicalAddress & ~(translation.Size - 1), translation.Size, translation.IsWritable, translation.IsContiguous);
                Insert(address, in entry);
            }

            physicalAddress = entry.PhysicalAddress + (address & (entry.Size - 1));
            return write && !entry.IsWritable ? UserAccess.ReadOnly : UserAccess.Done;
        }
    }

    /// <summary>Forgets every entry that reaches into a range.</summary>
    public void Flush(ulong start, ulong end)
    {
        lock (_gate)
        {
            foreach (ulong key in KeysIn(start, end))
            {
                _entries.Remove(key);
            }
        }
    }

    /// <summary>Whether an entry reaches into a range.</summary>
    public bool HasCached(ulong start, ulong end)
    {
        lock (_gate)
        {
            return _entries.Count > 0 && KeysIn(start, end).Count > 0;
        }
    }

    /// <summary>All entries, by the first address of each; a copy, for a checker.</summary>
    public IReadOnlyList<(ulong Address, UserTlbEntry Entry)> Snapshot()
    {
        lock (_gate)
        {
            return [.. _entries.Select(pair => ((pair.Key >> ShiftBits) << ShiftOf(pair.Key), pair.Value))];
        }
    }

    private bool TryFind(ulong address, out UserTlbEntry entry)
    {
        foreach (MappingSize size in MappingSizes<TArch>.All)
        {
            if (_entries.TryGetValue(KeyOf(address, size.Shift), out entry))
            {
                return true;
            }
        }

        entry = default;
        return false;
    }

    private void Insert(ulong address, in UserTlbEntry entry)
    {
        if (_entries.Count >= MostEntries)
        {
            _entries.Clear();
        }

        _entries[KeyOf(address, BitOperations.Log2(entry.Size))] = entry;
    }

    private List<ulong> KeysIn(ulong start, ulong end)
    {
        var found = new List<ulong>();
        ulong pages = 0;
        foreach (MappingSize size in MappingSizes<TArch>.All)
        {
            pages += ((end - 1) >> size.Shift) - (start >> size.Shift) + 1;
        }

        if (pages > (ulong)_entries.Count)
        {
            foreach (ulong key in _entries.Keys)
            {
                int shift = ShiftOf(key);
                ulong first = (key >> ShiftBits) << shift;
                if (first < end && first + (1UL << shift) > start)
                {
                    found.Add(key);
                }
            }

            return found;
        }

        foreach (MappingSize size in MappingSizes<TArch>.All)
        {
            for (ulong address = start & ~(size.Bytes - 1); address < end; address += size.Bytes)
            {
                ulong key = KeyOf(address, size.Shift);
                if (_entries.ContainsKey(key))
                {
                    found.Add(key);
                }
            }
        }

        return found;
    }

    private static ulong KeyOf(ulong address, int shift) => ((address >> shift) << ShiftBits) | (uint)shift;

    private static int ShiftOf(ulong key) => (int)(key & ((1UL << ShiftBits) - 1));
}

/// <summary>A cached translation.</summary>
/// <param name="PhysicalAddress">Physical address of its first byte.</param>
/// <param name="Size">Bytes that it maps.</param>
/// <param name="IsWritable">Whether it allows writes.</param>
/// <param name="IsContiguous">Whether a contiguous group gave it.</param>
public readonly record struct UserTlbEntry(ulong PhysicalAddress, ulong Size, bool IsWritable, bool IsContiguous);
