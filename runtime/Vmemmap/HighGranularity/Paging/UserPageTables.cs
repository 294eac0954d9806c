using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <summary>
/// The page tables of one process, entry by entry: positions, their state, reads, writes, tables taken and given back. What a kernel may
/// not do to a live entry is reported to the machine.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
internal sealed class UserPageTables<TArch>
    where TArch : struct, IArchitecture
{
    private readonly AddressSpace<TArch> _space;
    private readonly int _node;
    private long _count = 1;

    public UserPageTables(AddressSpace<TArch> space, int node)
    {
        _space = space;
        _node = node;
    }

    /// <summary>Tables, the root included.</summary>
    public long Count => Volatile.Read(ref _count);

    private Machine<TArch> Machine => _space.Machine;

    /// <summary>Index of a position's level, 0 = root.</summary>
    public static int TableLevel(HugetlbPte place) => TArch.LevelCount - (int)place.Level;

    /// <summary>Entries of a position: more than one for a contiguous group.</summary>
    public static int Entries(HugetlbPte place) => 1 << (place.Shift - TArch.LevelShift(TableLevel(place)));

    /// <summary>The position of an address in a table, of a size of that level or of one entry.</summary>
    /// <param name="table">Physical address of the table.</param>
    /// <param name="level">Its level, 0 = root.</param>
    /// <param name="address">Virtual address.</param>
    /// <param name="shift">log2 of the position's bytes.</param>
    public static HugetlbPte Place(ulong table, int level, ulong address, int shift)
    {
        ulong first = address & (ulong.MaxValue << shift);
        ulong index = (first >> TArch.LevelShift(level)) & ((1UL << TArch.LevelIndexBits(level)) - 1);
        return new HugetlbPte(table + (index * sizeof(ulong)), shift, (HugetlbLevel)(TArch.LevelCount - level));
    }

    /// <summary>Takes a frame for a table, all entries none.</summary>
    public static bool TryTakeFrame(Cpu<TArch> cpu, int node, out ulong frame)
    {
        if (!cpu.Machine.PageAllocator.TryAllocate(cpu, node, 0, AllocationPurpose.UserPageTable, thisNode: false, out frame))
        {
            return false;
        }

        cpu.Machine.Memory.FillFrame(frame, default);
        cpu.Counters.PageTablesAllocated++;
        return true;
    }

    /// <summary>Takes a frame for a table of this process.</summary>
    public bool TryTake(Cpu<TArch> cpu, out ulong frame)
    {
        if (!TryTakeFrame(cpu, _node, out frame))
        {
            return false;
        }

        Interlocked.Increment(ref _count);
        return true;
    }

    /// <summary>Gives a table's frame back; no CPU may know it any more.</summary>
    public void Free(Cpu<TArch> cpu, ulong frame)
    {
        Machine.PageAllocator.FreeFrame(cpu, frame, FrameUse.UserPageTable);
        cpu.Counters.PageTablesFreed++;
        Interlocked.Decrement(ref _count);
    }

    /// <summary>Counts a table of another process that this one begins to share, or gives up.</summary>
    /// <param name="change">1 or -1.</param>
    public void CountShared(int change) => Interlocked.Add(ref _count, change);

    /// <summary>The lock of the entries of a table (huge_pte_lockptr): the same for a group and for each of its entries.</summary>
    public KernelLock LockOf(ulong entryAddress) =>
        Machine.UserTableLocks[(entryAddress >> TArch.PageShift) % (ulong)Machine.UserTableLocks.Length];

    /// <summary>Reads an entry.</summary>
    public ulong Read(ulong entryAddress) => Machine.Memory.ReadWord(entryAddress);

    /// <summary>What is at a position.</summary>
    public HugetlbPteState StateOf(HugetlbPte place)
    {
        int level = TableLevel(place);
        int count = Entries(place);
        ulong first = Read(place.EntryAddress);
        if (first == 0)
        {
            return count > 1 && AnyAfterFirst(place, count) ? HugetlbPteState.Smaller : HugetlbPteState.None;
        }

        return TArch.Classify(level, first) switch
        {
            EntryKind.Leaf => TArch.LeafSizeShift(level, first) == place.Shift ? HugetlbPteState.PresentLeaf : HugetlbPteState.Smaller,
            EntryKind.NotPresent when NonPresentEntry.ShiftOf(first) == place.Shift => HugetlbPteState.NotPresent,
            _ => HugetlbPteState.Smaller,
        };
    }

    /// <summary>
    /// Whether any entry of a position is present: a leaf, or a table, whatever that leads to; or stands for a memory error of a piece. What stands for
    /// the whole position maps no page: the kernel drops the mapping when it puts such an entry.
    /// </summary>
    public bool IsMapped(HugetlbPte place)
    {
        for (int i = 0; i < Entries(place); i++)
        {
            ulong entry = Read(place.EntryAddress + ((ulong)i * sizeof(ulong)));
            bool isPiece = NonPresentEntry.KindOf<TArch>(entry) == NonPresentKind.HwPoison && NonPresentEntry.ShiftOf(entry) < place.Shift;
            if (isPiece || TArch.Classify(TableLevel(place), entry) != EntryKind.NotPresent)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a leaf is at a position, or anywhere below it.</summary>
    public bool HoldsLeaf(HugetlbPte place) => Holds(place.EntryAddress, TableLevel(place), Entries(place), IsLeaf);

    /// <summary>Whether a page that a position leads to, or a part of it, is being migrated.</summary>
    public bool HoldsMigration(HugetlbPte place) => Holds(place.EntryAddress, TableLevel(place), Entries(place), IsMigration);

    /// <summary>What a position that is not present says.</summary>
    public NonPresentKind NonPresentAt(HugetlbPte place) => NonPresentEntry.KindOf<TArch>(Read(place.EntryAddress));

    /// <summary>What the leaf of a position says beside its address: used, or written to, if an entry of a group was (huge_ptep_get of arm64).</summary>
    public LeafBits BitsOf(HugetlbPte place)
    {
        LeafBits bits = LeafBits.Of<TArch>(Read(place.EntryAddress));
        for (int i = 1; i < Entries(place); i++)
        {
            LeafBits other = LeafBits.Of<TArch>(Read(place.EntryAddress + ((ulong)i * sizeof(ulong))));
            bits = bits with { IsAccessed = bits.IsAccessed || other.IsAccessed, IsDirty = bits.IsDirty || other.IsDirty };
        }

        return bits;
    }

    /// <summary>Takes the entries of a position; none are there afterwards. Its lock is held.</summary>
    public ulong[] Take(Cpu<TArch> cpu, HugetlbPte place, ulong address)
    {
        ulong[] entries = new ulong[Entries(place)];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = Read(place.EntryAddress + ((ulong)i * sizeof(ulong)));
        }

        WriteNonPresent(cpu, place, address, 0);
        return entries;
    }

    /// <summary>Writes one leaf, or the leaves of a group (set_huge_pte_at).</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="place">The position.</param>
    /// <param name="address">Virtual address that it maps first.</param>
    /// <param name="physicalAddress">Physical address of its first byte.</param>
    /// <param name="like">Whether it may be written, was read, was written.</param>
    public void WriteLeaf(Cpu<TArch> cpu, HugetlbPte place, ulong address, ulong physicalAddress, LeafBits like)
    {
        int level = TableLevel(place);
        Span<ulong> entries = stackalloc ulong[Entries(place)];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = like.Leaf<TArch>(level, physicalAddress + ((ulong)i << TArch.LevelShift(level)), entries.Length > 1);
        }

        Write(cpu, place, address, entries);
    }

    /// <summary>Writes one entry that is not present, or those of a group; 0 for none.</summary>
    public void WriteNonPresent(Cpu<TArch> cpu, HugetlbPte place, ulong address, ulong entry)
    {
        Span<ulong> entries = stackalloc ulong[Entries(place)];
        entries.Fill(entry);
        Write(cpu, place, address, entries);
    }

    /// <summary>Writes an entry that leads to a table.</summary>
    public void WriteTable(Cpu<TArch> cpu, HugetlbPte place, ulong address, ulong frame) =>
        Write(cpu, place, address, [TArch.MakeUserTable(frame << TArch.PageShift)]);

    /// <summary>Writes the entries of a position.</summary>
    public void Write(Cpu<TArch> cpu, HugetlbPte place, ulong address, ReadOnlySpan<ulong> entries)
    {
        // The whole group is looked at first: a CPU may cache it as soon as one of its entries is there.
        bool? cached = null;
        for (int i = 0; TArch.RequiresBreakBeforeMake && i < entries.Length; i++)
        {
            CheckBroken(cpu, place, address & ~place.OffsetMask, i, entries[i], ref cached);
        }

        for (int i = 0; i < entries.Length; i++)
        {
            cpu.Counters.PteWrites++;
            Machine.Memory.WriteWord(place.EntryAddress + ((ulong)i * sizeof(ulong)), entries[i]);
            Machine.Raise(MachineEvent.EntryWritten, cpu);
        }
    }

    /// <summary>The table below a position that has one.</summary>
    public bool TryTableBelow(HugetlbPte place, out ulong table)
    {
        ulong entry = Read(place.EntryAddress);
        bool found = TArch.Classify(TableLevel(place), entry) == EntryKind.Table;
        table = found ? TArch.TableAddress(entry) : 0;
        return found;
    }

    /// <summary>Clears every entry of a table that nothing leads to any more (huge_ptep_get_and_clear, one by one).</summary>
    /// <returns>What was there.</returns>
    public ulong[] TakeAll(Cpu<TArch> cpu, ulong table, int level)
    {
        ulong[] entries = new ulong[1 << TArch.LevelIndexBits(level)];
        for (int i = 0; i < entries.Length; i++)
        {
            ulong place = table + ((ulong)i * sizeof(ulong));
            entries[i] = Read(place);
            if (entries[i] != 0)
            {
                cpu.Counters.PteWrites++;
                Machine.Memory.WriteWord(place, 0);
            }
        }

        return entries;
    }

    /// <summary>
    /// Whether a position is a leaf, or its entries, or those of the table below it, are leaves without exception. It looks at the last entries first:
    /// what fills from the start is seen to be incomplete at once.
    /// </summary>
    public bool IsFullOfLeaves(HugetlbPte place)
    {
        int level = TableLevel(place);
        ulong first = place.EntryAddress;
        int count = Entries(place);
        if (count == 1 && TryTableBelow(place, out ulong table))
        {
            level++;
            first = table;
            count = 1 << TArch.LevelIndexBits(level);
        }

        for (int i = count - 1; i >= 0; i--)
        {
            if (TArch.Classify(level, Read(first + ((ulong)i * sizeof(ulong)))) != EntryKind.Leaf)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Takes away the tables of a range that no mapping needs any more (free_pgtables): mmap_lock is held to write, the range is empty and not among the
    /// mappings. Whoever finds mappings by a file, without mmap_lock, walks only tables that some mapping needs.
    /// </summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="start">First virtual address.</param>
    /// <param name="end">First virtual address behind it.</param>
    /// <param name="gone">Gets the frame of each table; the caller flushes before they are freed.</param>
    public void TakeUnused(Cpu<TArch> cpu, ulong start, ulong end, Action<ulong> gone) => TakeUnused(cpu, _space.Root, 0, 0, start, end, gone);

    /// <summary>Frees every table; the process is gone, and no CPU knows them.</summary>
    public void FreeAll(Cpu<TArch> cpu)
    {
        _space.Flush(cpu, 0, AddressSpace<TArch>.End);
        FreeBelow(cpu, _space.Root, 0);
        Free(cpu, _space.Root >> TArch.PageShift);
    }

    private void TakeUnused(Cpu<TArch> cpu, ulong table, int level, ulong from, ulong start, ulong end, Action<ulong> gone)
    {
        int shift = TArch.LevelShift(level);
        ulong first = start > from ? (start - from) >> shift : 0;
        for (ulong i = first; i < 1UL << TArch.LevelIndexBits(level) && from + (i << shift) < end; i++)
        {
            ulong address = from + (i << shift);
            HugetlbPte place = Place(table, level, address, shift);
            if (TryTableBelow(place, out ulong below))
            {
                TakeUnused(cpu, below, level + 1, address, start, end, gone);
                if (!_space.HasMappings(address, address + place.Size))
                {
                    using (LockOf(place.EntryAddress).Hold(cpu))
                    {
                        WriteNonPresent(cpu, place, address, 0);
                    }

                    gone(below >> TArch.PageShift);
                }
            }
        }
    }

    private static bool IsLeaf(int level, ulong entry) => TArch.Classify(level, entry) == EntryKind.Leaf;

    private static bool IsMigration(int level, ulong entry) => NonPresentEntry.KindOf<TArch>(entry) == NonPresentKind.Migration;

    private bool Holds(ulong first, int level, int count, Func<int, ulong, bool> wanted)
    {
        for (int i = 0; i < count; i++)
        {
            ulong entry = Read(first + ((ulong)i * sizeof(ulong)));
            if (wanted(level, entry)
                || (TArch.Classify(level, entry) == EntryKind.Table
                    && Holds(TArch.TableAddress(entry), level + 1, 1 << TArch.LevelIndexBits(level + 1), wanted)))
            {
                return true;
            }
        }

        return false;
    }

    private void FreeBelow(Cpu<TArch> cpu, ulong table, int level)
    {
        for (int i = 0; i < 1 << TArch.LevelIndexBits(level); i++)
        {
            ulong entry = Read(table + ((ulong)i * sizeof(ulong)));
            if (TArch.Classify(level, entry) == EntryKind.Table)
            {
                FreeBelow(cpu, TArch.TableAddress(entry), level + 1);
                Free(cpu, TArch.TableAddress(entry) >> TArch.PageShift);
            }
        }
    }

    private bool AnyAfterFirst(HugetlbPte place, int count)
    {
        for (int i = 1; i < count; i++)
        {
            if (Read(place.EntryAddress + ((ulong)i * sizeof(ulong))) != 0)
            {
                return true;
            }
        }

        return false;
    }

    // Arm ARM DDI 0487 D8.16.1: a live entry gets another output address, another size or the contiguous bit only when it was invalid, and
    // no TLB held it, in between.
    private void CheckBroken(Cpu<TArch> cpu, HugetlbPte place, ulong address, int index, ulong entry, ref bool? cached)
    {
        int level = TableLevel(place);
        ulong old = Read(place.EntryAddress + ((ulong)index * sizeof(ulong)));
        EntryKind oldKind = TArch.Classify(level, old);
        EntryKind kind = TArch.Classify(level, entry);
        bool forbidden = kind != EntryKind.NotPresent
            && (oldKind == EntryKind.NotPresent ? cached ??= _space.HasCached(address, address + place.Size) : IsOther(level, old, oldKind, entry, kind));
        if (forbidden)
        {
            ulong frame = oldKind == EntryKind.Leaf ? TArch.PhysicalAddress(level, old, 0) >> TArch.PageShift : 0;
            Machine.Violations.Report(new Violation(ViolationKind.NoBreakBeforeMake, cpu.Number, address, frame));
        }
    }

    private static bool IsOther(int level, ulong old, EntryKind oldKind, ulong entry, EntryKind kind) =>
        oldKind != kind
        || ((old ^ entry) & TArch.AddressMask) != 0
        || (kind == EntryKind.Leaf && TArch.LeafSizeShift(level, old) != TArch.LeafSizeShift(level, entry));
}
