namespace Vmemmap.Simulation;

/// <summary>
/// The kernel's page tables over vmemmap, in the machine's memory: entries are found, written, split, broken and made, flushes are sent,
/// and what the architecture forbids is reported.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
public sealed class KernelPageTables<TArch>
    where TArch : struct, IArchitecture
{
    private const int LastLevelFromEnd = 1;
    private const int BlockLevelFromEnd = 2;

    private readonly Machine<TArch> _machine;
    private readonly Lock _windowLock = new();
    private readonly List<Window> _windows = [];
    private long _openedWindows;
    private long _closedWindows;

    internal KernelPageTables(Machine<TArch> machine, ulong root)
    {
        _machine = machine;
        Root = root;
    }

    /// <summary>Physical address of the root table.</summary>
    public ulong Root { get; }

    /// <summary>The lock under which blocks are split (init_mm.page_table_lock).</summary>
    public KernelLock Lock { get; } = new("init_mm.page_table_lock");

    internal static int LastLevel => TArch.LevelCount - LastLevelFromEnd;

    internal static int BlockLevel => TArch.LevelCount - BlockLevelFromEnd;

    /// <summary>Pages that one last-level table maps.</summary>
    internal static long TablePages => 1L << TArch.LevelIndexBits(LastLevel);

    /// <summary>Windows closed so far: a walk that failed while one was closed is to be tried again.</summary>
    internal long ClosedWindows => Volatile.Read(ref _closedWindows);

    internal bool IsWindowOfThisThread
    {
        get
        {
            lock (_windowLock)
            {
                return _windows.Exists(window => window.Thread == Environment.CurrentManagedThreadId);
            }
        }
    }

    /// <summary>
    /// The entry that maps a page of vmemmap, or the one at which the walk ends. An entry that another CPU has broken is waited for.
    /// </summary>
    /// <param name="page">The page, counted from the start of vmemmap.</param>
    internal EntryPlace Find(long page)
    {
        var spin = default(SpinWait);
        while (true)
        {
            long closedWindows = ClosedWindows;
            EntryPlace place = Walk(page, LastLevel);
            if (!TArch.RequiresBreakBeforeMake
                || place.Kind != EntryKind.NotPresent
                || IsWindowOfThisThread
                || (!IsBroken(page) && ClosedWindows == closedWindows))
            {
                return place;
            }

            spin.SpinOnce();
        }
    }

    /// <summary>
    /// The entry of a level that maps a page, or would; where a table above it is missing, the empty entry that is to lead to that.
    /// </summary>
    /// <param name="page">The page, counted from the start of vmemmap.</param>
    /// <param name="level">The level, 0 = root.</param>
    /// <exception cref="InconsistentMachineException">The page is mapped by a block above that level.</exception>
    internal EntryPlace FindOn(long page, int level)
    {
        EntryPlace place = Walk(page, level);
        return place.Level < level && place.Kind == EntryKind.Leaf
            ? throw new InconsistentMachineException($"Page {page} of vmemmap is mapped by a block, and is to have a table.")
            : place;
    }

    /// <summary>Physical address of the entry of a table that an address meets.</summary>
    internal static ulong EntryAddress(ulong table, int level, ulong address) =>
        table + (((address >> TArch.LevelShift(level)) & ((1UL << TArch.LevelIndexBits(level)) - 1)) * sizeof(ulong));

    /// <summary>Address of a page of vmemmap.</summary>
    internal ulong AddressOfPage(long page) => _machine.Vmemmap.AddressOfPage(page);

    /// <summary>First page behind those that the entry of a level maps together with a page.</summary>
    internal long EndOf(long page, int level)
    {
        // By addresses: vmemmap need not start where a table does. The last may be that of the address space: the
        // difference is right all the same.
        ulong address = AddressOfPage(page);
        ulong next = (address | ((1UL << TArch.LevelShift(level)) - 1)) + 1;
        return page + (long)((next - address) >> TArch.PageShift);
    }

    /// <summary>First page behind the last-level table that maps a page, or behind the block.</summary>
    internal long EndOfTable(long page) => EndOf(page, BlockLevel);

    /// <summary>The frame that an entry of the last level maps.</summary>
    internal static ulong FrameOf(ulong entry) => TArch.PhysicalAddress(LastLevel, entry, 0) >> TArch.PageShift;

    /// <summary>Reads an entry through the linear map.</summary>
    internal ulong Read(ulong entryAddress) => _machine.Memory.ReadWord(entryAddress);

    /// <summary>An entry of the last level (mk_pte): a page of vmemmap, read-only where the architecture has such mappings.</summary>
    internal static ulong MakePage(ulong frame, bool writable) =>
        TArch.MakeLeaf(LastLevel, frame << TArch.PageShift, writable || !TArch.HasReadOnlyKernelMappings);

    /// <summary>Writes an entry of the last level (set_pte_at).</summary>
    internal void WritePage(Cpu<TArch> cpu, ulong entryAddress, long page, ulong entry)
    {
        if (TArch.RequiresBreakBeforeMake)
        {
            CheckBroken(cpu, LastLevel, entryAddress, page, page, entry);
        }

        if (TArch.Classify(LastLevel, entry) == EntryKind.Leaf && FrameOf(entry) is var frame && _machine.Frames.OwnerOf(frame) < 0)
        {
            _machine.Frames.SetOwner(frame, page);
        }

        Store(cpu, entryAddress, entry);
    }

    /// <summary>Maps a block of neighbouring frames where nothing is mapped.</summary>
    internal void WriteBlock(Cpu<TArch> cpu, ulong entryAddress, long firstPage, ulong frame)
    {
        ulong entry = TArch.MakeLeaf(BlockLevel, frame << TArch.PageShift, writable: true);
        if (TArch.RequiresBreakBeforeMake)
        {
            CheckBroken(cpu, BlockLevel, entryAddress, firstPage, firstPage + TablePages - 1, entry);
        }

        Store(cpu, entryAddress, entry);
    }

    /// <summary>Puts a table in the place of a block, or of nothing. Whoever calls holds <see cref="Lock"/>.</summary>
    internal void WriteTable(Cpu<TArch> cpu, ulong entryAddress, int level, long firstPage, long lastPage, ulong table)
    {
        ulong entry = TArch.MakeTable(table);
        if (TArch.RequiresBreakBeforeMake)
        {
            CheckBroken(cpu, level, entryAddress, firstPage, lastPage, entry);
        }

        Store(cpu, entryAddress, entry);
    }

    /// <summary>Clears an entry of any level.</summary>
    internal void Clear(Cpu<TArch> cpu, ulong entryAddress) => Store(cpu, entryAddress, 0);

    /// <summary>Has every CPU forget a range (flush_tlb_kernel_range).</summary>
    internal void FlushRange(Cpu<TArch> cpu, long firstPage, long lastPage)
    {
        CountFlush(cpu);
        foreach (Cpu<TArch> other in _machine.CpuArray)
        {
            other.Flush(firstPage, lastPage);
        }

        _machine.Raise(MachineEvent.Flushed, cpu);
    }

    /// <summary>Has every CPU forget everything (flush_tlb_all).</summary>
    internal void FlushAll(Cpu<TArch> cpu)
    {
        CountFlush(cpu);
        foreach (Cpu<TArch> other in _machine.CpuArray)
        {
            other.FlushAll();
        }

        _machine.Raise(MachineEvent.Flushed, cpu);
    }

    /// <summary>
    /// Opens a window in which entries of a range get other output addresses or another size. Where break-before-make is needed it is
    /// done by the machine's policy: the entries are invalid, and flushed, when this returns. Elsewhere it does nothing.
    /// </summary>
    /// <param name="cpu">The CPU that remaps.</param>
    /// <param name="firstPage">First page of the range.</param>
    /// <param name="lastPage">Last page of the range.</param>
    /// <param name="entryAddress">Physical address of the first entry that maps the range.</param>
    /// <param name="entries">Neighbouring entries of one table that map it.</param>
    internal BreakBeforeMakeWindow<TArch> Open(Cpu<TArch> cpu, long firstPage, long lastPage, ulong entryAddress, int entries)
    {
        if (!TArch.RequiresBreakBeforeMake || _machine.BreakBeforeMake == BreakBeforeMakePolicy.Ignore)
        {
            return default;
        }

        if (_machine.BreakBeforeMake == BreakBeforeMakePolicy.Refuse)
        {
            throw new InconsistentMachineException(
                $"Pages {firstPage} to {lastPage} of vmemmap are remapped on a machine whose policy is to refuse that.");
        }

        bool stops = _machine.BreakBeforeMake != BreakBeforeMakePolicy.FaultFixUp;
        if (stops)
        {
            _machine.StopOthers(cpu);
        }

        // By a number of its own: a block's split and a folio at its start may have windows that begin on the same page.
        long number;
        lock (_windowLock)
        {
            number = ++_openedWindows;
            _windows.Add(new Window(number, firstPage, lastPage, Environment.CurrentManagedThreadId));
        }

        try
        {
            for (int i = 0; i < entries; i++)
            {
                Store(cpu, entryAddress + ((ulong)i * sizeof(ulong)), 0);
            }

            FlushRange(cpu, firstPage, lastPage);
            _machine.Raise(MachineEvent.InBreakBeforeMake, cpu);
        }
        catch
        {
            // An observer's exception: it must not leave the other CPUs stopped.
            Close(cpu, number, stops);
            throw;
        }

        return new BreakBeforeMakeWindow<TArch>(this, cpu, number, stops);
    }

    internal void Close(Cpu<TArch> cpu, long number, bool stopped)
    {
        lock (_windowLock)
        {
            _windows.RemoveAt(_windows.FindIndex(window => window.Number == number));
            _closedWindows++;
        }

        if (stopped)
        {
            _machine.ContinueOthers(cpu);
        }
    }

    /// <summary>Whether a page is in a window, so that a fault on it is to be fixed up.</summary>
    internal bool IsBroken(long page)
    {
        if (!TArch.RequiresBreakBeforeMake)
        {
            return false;
        }

        lock (_windowLock)
        {
            return _windows.Exists(window => window.FirstPage <= page && page <= window.LastPage);
        }
    }

    private EntryPlace Walk(long page, int lastLevel)
    {
        ulong address = AddressOfPage(page);
        ulong table = Root;
        for (int level = 0; ; level++)
        {
            ulong entryAddress = EntryAddress(table, level, address);
            ulong entry = _machine.Memory.ReadWord(entryAddress);
            EntryKind kind = TArch.Classify(level, entry);
            if (kind != EntryKind.Table || level == lastLevel)
            {
                return new EntryPlace(entryAddress, entry, level, kind);
            }

            table = TArch.TableAddress(entry);
        }
    }

    private void Store(Cpu<TArch> cpu, ulong entryAddress, ulong entry)
    {
        cpu.Counters.PteWrites++;
        _machine.Memory.WriteWord(entryAddress, entry);
        _machine.Raise(MachineEvent.EntryWritten, cpu);
    }

    // Arm ARM DDI 0487 D8.16.1: the entry must be invalid, and no TLB may hold the old translation, when the new one is made.
    private void CheckBroken(Cpu<TArch> cpu, int level, ulong entryAddress, long firstPage, long lastPage, ulong entry)
    {
        ulong old = Read(entryAddress);
        EntryKind oldKind = TArch.Classify(level, old);
        bool forbidden = oldKind != EntryKind.NotPresent
            ? TArch.Classify(level, entry) != EntryKind.NotPresent && ((old ^ entry) & TArch.AddressMask) != 0
            : IsCached(firstPage, lastPage);
        if (forbidden)
        {
            ulong frame = oldKind == EntryKind.Leaf ? TArch.PhysicalAddress(level, old, 0) >> TArch.PageShift : 0;
            _machine.Violations.Report(
                new Violation(ViolationKind.NoBreakBeforeMake, cpu.Number, _machine.Vmemmap.AddressOfPage(firstPage), frame));
        }
    }

    private bool IsCached(long firstPage, long lastPage)
    {
        foreach (Cpu<TArch> cpu in _machine.CpuArray)
        {
            if (cpu.HasCached(firstPage, lastPage))
            {
                return true;
            }
        }

        return false;
    }

    private void CountFlush(Cpu<TArch> cpu)
    {
        cpu.Counters.TlbFlushes++;
        if (_machine.FlushesByInterrupt)
        {
            cpu.Counters.Ipis += _machine.CpuArray.Length - 1;
        }
    }

    private readonly record struct Window(long Number, long FirstPage, long LastPage, int Thread);
}

/// <summary>Entries that are broken; made again by the time it is disposed.</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
internal readonly ref struct BreakBeforeMakeWindow<TArch>
    where TArch : struct, IArchitecture
{
    private readonly KernelPageTables<TArch>? _tables;
    private readonly Cpu<TArch> _cpu;
    private readonly long _number;
    private readonly bool _stopped;

    public BreakBeforeMakeWindow(KernelPageTables<TArch> tables, Cpu<TArch> cpu, long number, bool stopped)
    {
        _tables = tables;
        _cpu = cpu;
        _number = number;
        _stopped = stopped;
    }

    public void Dispose() => _tables?.Close(_cpu, _number, _stopped);
}
