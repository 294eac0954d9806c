using System.Buffers;

namespace Vmemmap.Dumps;

/// <summary>
/// Which frames vmemmap is mapped to. Holds a few words for each page table and reads entries from the tables themselves, so that
/// the map of a machine with terabytes takes kilobytes.
/// </summary>
/// <typeparam name="TFormat">The page-table format.</typeparam>
/// <typeparam name="TMemory">The memory that holds the tables.</typeparam>
internal sealed class VmemmapMap<TFormat, TMemory>
    where TFormat : struct, IPageTableFormat
    where TMemory : struct, IPhysicalMemory
{
    /// <summary>Faults that are kept; the rest are counted.</summary>
    private const int KeptFaults = 1 << 14;

    private readonly TFormat _format;
    private readonly TMemory _memory;
    private readonly List<VmemmapExtent> _extents = [];
    private readonly AliasRuns _runs = [];
    private readonly List<WalkFault> _faults = [];
    private int _hint;

    private VmemmapMap(TFormat format, TMemory memory)
    {
        _format = format;
        _memory = memory;
    }

    /// <summary>What is mapped, in address order.</summary>
    public IReadOnlyList<VmemmapExtent> Extents => _extents;

    /// <summary>Neighbours that map one frame, in address order.</summary>
    public IReadOnlyList<AliasRun> Runs => _runs;

    /// <summary>Parts of which nothing is known, in address order; the first of them if there are many.</summary>
    public IReadOnlyList<WalkFault> Faults => _faults;

    /// <summary>All parts of which nothing is known.</summary>
    public long FaultCount { get; private set; }

    /// <summary>Whether the walk was given up because the tables describe more than the image can hold.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Walks a range.</summary>
    /// <param name="format">The page-table format.</param>
    /// <param name="memory">The memory that holds the tables.</param>
    /// <param name="root">Physical address of the root table.</param>
    /// <param name="first">First virtual address.</param>
    /// <param name="last">Last virtual address, inclusive.</param>
    /// <param name="budget">How much the tables may describe before they count as corrupt.</param>
    /// <param name="concerns">Whether a fault matters: where no memory is, a table that is absent hides nothing.</param>
    public static VmemmapMap<TFormat, TMemory> Build(
        TFormat format, TMemory memory, ulong root, ulong first, ulong last, WalkBudget budget, Func<WalkFault, bool> concerns)
    {
        var map = new VmemmapMap<TFormat, TMemory>(format, memory);
        var visitor = new Visitor(map, AliasScanner.For(format, map._runs, budget.Runs), budget.Visits, concerns);
        map.IsTruncated = !PageTableWalk.Walk(format, in memory, root, first, last, ref visitor);
        visitor.Finish();
        return map;
    }

    /// <summary>The frame of one vmemmap page.</summary>
    /// <param name="address">Any address in it.</param>
    public Slot SlotAt(ulong address)
    {
        address &= ~((1UL << _format.PageShift) - 1);
        int index = FindExtent(address);
        if (index < 0)
        {
            return IsUnknown(address) ? Slot.Unknown : Slot.Hole;
        }

        VmemmapExtent extent = _extents[index];
        ulong entryIndex = (address - extent.Address) >> _format.LevelShift(extent.Level);
        return _memory.TryReadEntry(extent.EntryAddress + (entryIndex * sizeof(ulong)), out ulong entry)
            ? Decode(extent.Level, entry, address, extent.Writable)
            : Slot.Unknown;
    }

    /// <summary>The frames of consecutive vmemmap pages.</summary>
    /// <param name="address">Virtual address of the first page.</param>
    /// <param name="slots">Filled with one value a page.</param>
    public void ReadSlots(ulong address, Span<Slot> slots)
    {
        int done = 0;
        while (done < slots.Length)
        {
            ulong here = address + ((ulong)done << _format.PageShift);
            int index = FindExtent(here);
            if (index < 0)
            {
                // Up to the next extent nothing is mapped, or nothing is known.
                ulong next = ~index < _extents.Count ? _extents[~index].Address : ulong.MaxValue;
                long gap = (long)Math.Min((next - here) >> _format.PageShift, (ulong)(slots.Length - done));
                int end = done + (int)Math.Max(1, gap);
                for (; done < end; done++)
                {
                    slots[done] = IsUnknown(address + ((ulong)done << _format.PageShift)) ? Slot.Unknown : Slot.Hole;
                }

                continue;
            }

            done += ReadExtent(_extents[index], here, slots[done..]);
        }
    }

    /// <summary>The extent that maps an address.</summary>
    public VmemmapExtent? ExtentAt(ulong address) => FindExtent(address) is >= 0 and var index ? _extents[index] : null;

    /// <summary>The vmemmap pages that map a frame, in address order: the first of them, and how many there are.</summary>
    /// <param name="frame">Physical address of the frame.</param>
    /// <param name="limit">How many are listed at most.</param>
    public (IReadOnlyList<ulong> First, long Count) FindPagesOf(ulong frame, int limit)
    {
        var found = new List<ulong>();
        long count = 0;
        Slot[] slots = ArrayPool<Slot>.Shared.Rent(1 << 13);
        try
        {
            foreach (VmemmapExtent extent in _extents)
            {
                int shift = _format.LevelShift(extent.Level);
                for (int done = 0; done < extent.Count;)
                {
                    ulong address = extent.Address + ((ulong)done << shift);
                    bool isBlock = extent.Level != _format.LevelCount - 1;
                    int part = isBlock ? 1 : Math.Min(extent.Count - done, slots.Length);
                    ReadSlots(address, slots.AsSpan(0, part));
                    for (int i = 0; i < part; i++)
                    {
                        // A block holds a frame once at most, and where is arithmetic.
                        ulong distance = frame - slots[i].Frame;
                        if (slots[i].IsMapped && distance < 1UL << shift)
                        {
                            count++;
                            if (found.Count < limit)
                            {
                                found.Add(address + ((ulong)i << shift) + distance);
                            }
                        }
                    }

                    done += part;
                }
            }
        }
        finally
        {
            ArrayPool<Slot>.Shared.Return(slots);
        }

        return (found, count);
    }

    private int ReadExtent(in VmemmapExtent extent, ulong address, Span<Slot> slots)
    {
        int shift = _format.LevelShift(extent.Level);
        int entryIndex = (int)((address - extent.Address) >> shift);
        if (extent.Level != _format.LevelCount - 1)
        {
            return ReadBlock(in extent, entryIndex, shift, address, slots);
        }

        int count = Math.Min(extent.Count - entryIndex, slots.Length);
        ulong[] scratch = ArrayPool<ulong>.Shared.Rent(count);
        try
        {
            TableRead read = _memory.ReadTable(
                extent.EntryAddress + ((ulong)entryIndex * sizeof(ulong)), scratch.AsSpan(0, count), out ReadOnlySpan<ulong> entries);
            for (int i = 0; i < count; i++)
            {
                ulong here = address + ((ulong)i << shift);
                slots[i] = i >= read.Start && i < read.Start + read.Length
                    ? Decode(extent.Level, entries[i], here, extent.Writable)
                    : Slot.Unknown;
            }
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(scratch);
        }

        return count;
    }

    private int ReadBlock(in VmemmapExtent extent, int entryIndex, int shift, ulong address, Span<Slot> slots)
    {
        ulong end = extent.Address + ((ulong)(entryIndex + 1) << shift);
        int count = (int)Math.Min((end - address) >> _format.PageShift, (ulong)slots.Length);
        Slot first = _memory.TryReadEntry(extent.EntryAddress + ((ulong)entryIndex * sizeof(ulong)), out ulong entry)
            ? Decode(extent.Level, entry, address, extent.Writable)
            : Slot.Unknown;
        for (int i = 0; i < count; i++)
        {
            slots[i] = first with { Frame = first.Frame + ((ulong)i << _format.PageShift) };
        }

        return count;
    }

    private Slot Decode(int level, ulong entry, ulong address, bool writable) => _format.Classify(level, entry) switch
    {
        EntryKind.Leaf => new Slot(_format.PhysicalAddress(level, entry, address), SlotState.Mapped, writable && _format.IsWritable(entry)),
        EntryKind.NotPresent => Slot.Hole,
        _ => Slot.Unknown,
    };

    private bool IsUnknown(ulong address)
    {
        int low = 0;
        int high = _faults.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (address - _faults[middle].Address < _faults[middle].Length)
            {
                return true;
            }

            if (_faults[middle].Address > address)
            {
                high = middle - 1;
            }
            else
            {
                low = middle + 1;
            }
        }

        // More faults than are kept: what is not known to be a hole is unknown.
        return FaultCount > _faults.Count || IsTruncated;
    }

    /// <summary>Index of the extent that holds an address, or the complement of the index of the next one.</summary>
    private int FindExtent(ulong address)
    {
        if (_hint < _extents.Count && Contains(_extents[_hint], address))
        {
            return _hint;
        }

        int low = 0;
        int high = _extents.Count - 1;
        while (low <= high)
        {
            int middle = (int)(((uint)low + (uint)high) >> 1);
            VmemmapExtent extent = _extents[middle];
            if (Contains(extent, address))
            {
                return _hint = middle;
            }

            if (extent.Address > address)
            {
                high = middle - 1;
            }
            else
            {
                low = middle + 1;
            }
        }

        return ~low;
    }

    private bool Contains(in VmemmapExtent extent, ulong address) =>
        address - extent.Address < (ulong)extent.Count << _format.LevelShift(extent.Level);

    private struct Visitor(VmemmapMap<TFormat, TMemory> map, AliasScanner scanner, long visits, Func<WalkFault, bool> concerns) : IPageTableVisitor
    {
        private AliasScanner _scanner = scanner;
        private long _visits = visits;

        public bool VisitPages(ulong address, ulong entryAddress, scoped ReadOnlySpan<ulong> entries, bool writable)
        {
            map._extents.Add(new VmemmapExtent(address, entryAddress, entries.Length, map._format.LevelCount - 1, writable));
            _scanner.Scan(address, entries, writable);
            return --_visits > 0 && !_scanner.Overflowed;
        }

        public bool VisitBlocks(int level, ulong address, ulong entryAddress, scoped ReadOnlySpan<ulong> entries, bool writable)
        {
            map._extents.Add(new VmemmapExtent(address, entryAddress, entries.Length, level, writable));
            return --_visits > 0;
        }

        public bool VisitHole(int level, ulong address, ulong length) => --_visits > 0;

        public bool VisitFault(in WalkFault fault)
        {
            if (concerns(fault))
            {
                map.FaultCount++;
                if (map._faults.Count < KeptFaults)
                {
                    map._faults.Add(fault);
                }
            }

            return --_visits > 0;
        }

        public void Finish() => _scanner.Flush();
    }
}

/// <summary>How much page tables may describe before they count as corrupt: tables may be shared, but not without end.</summary>
/// <param name="Visits">Table spans, blocks and holes.</param>
/// <param name="Runs">Alias runs.</param>
internal readonly record struct WalkBudget(long Visits, long Runs)
{
    /// <summary>No bound, for tables that are known to be well formed.</summary>
    public static WalkBudget Unbounded => new(long.MaxValue, int.MaxValue);

    /// <summary>
    /// Bound by what an image holds: a table of 4 KiB may be reached by a few entries (compound PUD geometry shares one seven
    /// times), and a run of aliases takes two entries of 8 bytes at least.
    /// </summary>
    /// <param name="presentBytes">Bytes of memory in the image.</param>
    public static WalkBudget For(ulong presentBytes) =>
        new((long)(presentBytes / 256) + 65536, (long)Math.Min(presentBytes / 8, int.MaxValue - 65536UL) + 65536);
}
