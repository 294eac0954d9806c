using System.Runtime.Intrinsics;

namespace Vmemmap.Simulation;

/// <summary>
/// A CPU of a machine: it reaches struct pages by their virtual addresses, through a TLB that keeps what it has seen until it is flushed.
/// One thread drives a CPU at a time; other CPUs may flush it meanwhile.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
public sealed class Cpu<TArch>
    where TArch : struct, IArchitecture
{
    /// <summary>What it has done. Read it when it does nothing.</summary>
#pragma warning disable CA1051 // A property would copy the counters, and the increments with them.
    public OperationCounters Counters;
#pragma warning restore CA1051

    internal int LocksHeld;
    internal int RcuNesting;
    internal long RcuPeriod;
    internal int RcuThread;

    private readonly Lock _gate = new();
    private readonly Tlb _tlb;
    private int _stops;

    internal Cpu(Machine<TArch> machine, int number)
    {
        Machine = machine;
        Number = number;
        _tlb = new Tlb(machine.Vmemmap.Pages, TArch.LevelIndexBits(TArch.LevelCount - 1));
    }

    /// <summary>Its number, from 0.</summary>
    public int Number { get; }

    /// <summary>The machine.</summary>
    public Machine<TArch> Machine { get; }

    /// <summary>Reads a word of vmemmap, or says why it cannot be read now.</summary>
    /// <param name="address">Virtual address in vmemmap, a multiple of 8.</param>
    /// <param name="value">The word; 0 if it was not read.</param>
    public AccessResult TryReadWord(ulong address, out ulong value)
    {
        lock (_gate)
        {
            AccessResult result = Reach(address, write: false, out ulong physicalAddress);
            value = result == AccessResult.Done ? Machine.Memory.ReadWord(physicalAddress) : 0;
            return result;
        }
    }

    /// <summary>Reads a word of vmemmap, and waits while its entry is broken.</summary>
    /// <param name="address">Virtual address in vmemmap, a multiple of 8.</param>
    /// <returns>The word; 0 if the access faulted, which the machine has reported.</returns>
    public ulong ReadWord(ulong address)
    {
        var spin = default(SpinWait);
        while (true)
        {
            AccessResult result = TryReadWord(address, out ulong value);
            if (result is AccessResult.Done or AccessResult.Faulted)
            {
                return value;
            }

            Wait(ref spin, address);
        }
    }

    /// <summary>Writes a word of vmemmap.</summary>
    /// <param name="address">Virtual address in vmemmap, a multiple of 8.</param>
    /// <param name="value">The word.</param>
    /// <returns>False if the access faulted, which the machine has reported.</returns>
    public bool WriteWord(ulong address, ulong value)
    {
        var spin = default(SpinWait);
        while (true)
        {
            lock (_gate)
            {
                AccessResult result = Reach(address, write: true, out ulong physicalAddress);
                if (result == AccessResult.Done)
                {
                    Machine.Memory.WriteWord(physicalAddress, value);
                }

                if (result is AccessResult.Done or AccessResult.Faulted)
                {
                    return result == AccessResult.Done;
                }
            }

            Wait(ref spin, address);
        }
    }

    /// <summary>Compares and exchanges a word of vmemmap. To the hardware it is a write, even where the comparison fails.</summary>
    /// <param name="address">Virtual address in vmemmap, a multiple of 8.</param>
    /// <param name="value">The new word.</param>
    /// <param name="comparand">The word it must find.</param>
    /// <param name="found">The word it found.</param>
    /// <returns>False if the access faulted, which the machine has reported.</returns>
    public bool CompareExchangeWord(ulong address, ulong value, ulong comparand, out ulong found)
    {
        var spin = default(SpinWait);
        while (true)
        {
            lock (_gate)
            {
                AccessResult result = Reach(address, write: true, out ulong physicalAddress);
                if (result is AccessResult.Done or AccessResult.Faulted)
                {
                    found = result == AccessResult.Done ? Machine.Memory.CompareExchangeWord(physicalAddress, value, comparand) : 0;
                    return result == AccessResult.Done;
                }
            }

            Wait(ref spin, address);
        }
    }

    /// <summary>Reads a struct page.</summary>
    /// <param name="pfn">Its frame.</param>
    public StructPage ReadStructPage(ulong pfn)
    {
        ulong address = Machine.Vmemmap.AddressOf(pfn);
        if (Machine.Vmemmap.StructPageSize != StructPage.Size)
        {
            return ReadOddStructPage(address);
        }

        var spin = default(SpinWait);
        while (true)
        {
            lock (_gate)
            {
                AccessResult result = Reach(address, write: false, out ulong physicalAddress);
                if (result is AccessResult.Done or AccessResult.Faulted)
                {
                    return result == AccessResult.Done ? StructPage.FromLine(Machine.Memory.CopyLine(physicalAddress)) : default;
                }
            }

            Wait(ref spin, address);
        }
    }

    /// <summary>Writes a struct page.</summary>
    /// <param name="pfn">Its frame.</param>
    /// <param name="page">The struct page.</param>
    /// <returns>False if the access faulted, which the machine has reported.</returns>
    public bool WriteStructPage(ulong pfn, in StructPage page)
    {
        Counters.StructPagesWritten++;
        ulong address = Machine.Vmemmap.AddressOf(pfn);
        if (Machine.Vmemmap.StructPageSize != StructPage.Size)
        {
            return WriteOddStructPage(address, page.AsLine());
        }

        var spin = default(SpinWait);
        while (true)
        {
            lock (_gate)
            {
                AccessResult result = Reach(address, write: true, out ulong physicalAddress);
                if (result == AccessResult.Done)
                {
                    Machine.Memory.WriteLine(physicalAddress, page.AsLine());
                }

                if (result is AccessResult.Done or AccessResult.Faulted)
                {
                    return result == AccessResult.Done;
                }
            }

            Wait(ref spin, address);
        }
    }

    /// <summary>Writes the same struct page for a run of frames.</summary>
    /// <param name="pfn">The first frame.</param>
    /// <param name="count">Frames.</param>
    /// <param name="page">The struct page.</param>
    public void FillStructPages(ulong pfn, ulong count, in StructPage page)
    {
        if (Machine.Vmemmap.StructPageSize != StructPage.Size)
        {
            for (ulong i = 0; i < count; i++)
            {
                WriteStructPage(pfn + i, in page);
            }

            return;
        }

        ulong perPage = (1UL << TArch.PageShift) / StructPage.Size;
        ulong end = pfn + count;
        while (pfn < end)
        {
            ulong pageEnd = (pfn | (perPage - 1)) + 1;
            if (pageEnd > end)
            {
                WriteStructPage(pfn++, in page);
                continue;
            }

            FillPage(pfn, (int)(pfn & (perPage - 1)), page.AsLine());
            Counters.StructPagesWritten += (long)(pageEnd - pfn);
            pfn = pageEnd;
        }
    }

    /// <summary>Changes all struct pages of a page of vmemmap in one step, if they are alike.</summary>
    /// <param name="pfn">Frame of the first struct page of the page.</param>
    /// <param name="change">What becomes of each.</param>
    /// <returns>False if they differ, or cannot be reached now; nothing is written then.</returns>
    internal bool TryChangeUniformPage(ulong pfn, Func<StructPage, StructPage> change)
    {
        lock (_gate)
        {
            if (Reach(Machine.Vmemmap.AddressOf(pfn), write: true, out ulong physicalAddress) != AccessResult.Done
                || !Machine.Memory.TryReadUniform(physicalAddress >> TArch.PageShift, out Vector512<ulong> line))
            {
                return false;
            }

            Machine.Memory.FillFrame(physicalAddress >> TArch.PageShift, change(StructPage.FromLine(in line)).AsLine());
            return true;
        }
    }

    /// <summary>What its TLB has cached of a page of vmemmap, for a checker.</summary>
    /// <param name="page">The page, counted from the start of vmemmap.</param>
    /// <param name="entry">The translation.</param>
    public bool TryPeekTlb(long page, out TlbEntry entry)
    {
        lock (_gate)
        {
            return _tlb.TryGet(page, out entry);
        }
    }

    internal void Flush(long firstPage, long lastPage)
    {
        lock (_gate)
        {
            _tlb.Flush(firstPage, lastPage);
        }
    }

    internal void FlushAll()
    {
        lock (_gate)
        {
            _tlb.FlushAll();
        }
    }

    internal bool HasCached(long firstPage, long lastPage)
    {
        lock (_gate)
        {
            return _tlb.HasAny(firstPage, lastPage);
        }
    }

    /// <summary>Stops it: another thread that drives it waits, and the thread that stopped it is told so.</summary>
    internal void Stop()
    {
        _gate.Enter();
        _stops++;
    }

    internal void Continue()
    {
        _stops--;
        _gate.Exit();
    }

    private AccessResult Reach(ulong address, bool write, out ulong physicalAddress)
    {
        physicalAddress = 0;
        if (_stops > 0)
        {
            return AccessResult.Stopped;
        }

        if (!Machine.Vmemmap.TryPageOf(address, out long page))
        {
            return Report(ViolationKind.Unmapped, address, 0);
        }

        long closedWindows = Machine.PageTables.ClosedWindows;
        if (!_tlb.TryGet(page, out TlbEntry entry) && !TryFill(page, address, out entry))
        {
            if (Machine.PageTables.IsBroken(page) || Machine.PageTables.ClosedWindows != closedWindows)
            {
                Counters.BreakBeforeMakeFaults++;
                return AccessResult.InBreakBeforeMake;
            }

            return Report(ViolationKind.Unmapped, address, 0);
        }

        // The fault itself makes the TLB forget the page; if the tables allow the write by now, it was spurious, and the write is done again.
        if (write && !entry.IsWritable && (!TryFill(page, address, out entry) || !entry.IsWritable))
        {
            return Report(ViolationKind.WriteToReadOnly, address, entry.Frame);
        }

        // What follows happens all the same: no hardware stops it.
        if (Machine.Frames.IsFreedSince(entry.Frame, entry.Sequence))
        {
            Report(ViolationKind.StaleTranslation, address, entry.Frame);
        }
        else if (write && !entry.IsBlock && Machine.Frames.OwnerOf(entry.Frame) is var owner && owner >= 0 && owner != page)
        {
            Report(ViolationKind.WriteThroughAlias, address, entry.Frame);
        }

        physicalAddress = (entry.Frame << TArch.PageShift) | (address & ((1UL << TArch.PageShift) - 1));
        return AccessResult.Done;
    }

    private bool TryFill(long page, ulong address, out TlbEntry entry)
    {
        // Before the walk: a frame that is freed while it is walked to is stale already.
        ulong sequence = Machine.Frames.Sequence;
        SparseMemoryView view = Machine.Memory.View;
        if (!TArch.TryTranslate(in view, Machine.PageTables.Root, address, out Translation translation))
        {
            entry = default;
            return false;
        }

        entry = new TlbEntry(
            translation.PhysicalAddress >> TArch.PageShift, sequence, IsValid: true, translation.IsWritable, translation.Level != TArch.LevelCount - 1);
        _tlb.Insert(page, in entry);
        return true;
    }

    private AccessResult Report(ViolationKind kind, ulong address, ulong frame)
    {
        Machine.Violations.Report(new Violation(kind, Number, address, frame));
        return AccessResult.Faulted;
    }

    private void Wait(ref SpinWait spin, ulong address)
    {
        if (Machine.PageTables.IsWindowOfThisThread)
        {
            throw new InconsistentMachineException(
                $"CPU {Number} waits for address 0x{address:x} in a break-before-make window that its own thread holds open: it would wait for ever.");
        }

        spin.SpinOnce();
    }

    // A page of vmemmap that is all the same takes no memory for itself.
    private void FillPage(ulong pfn, int firstLine, Vector512<ulong> line)
    {
        ulong address = Machine.Vmemmap.AddressOf(pfn);
        var spin = default(SpinWait);
        while (true)
        {
            lock (_gate)
            {
                AccessResult result = Reach(address, write: true, out ulong physicalAddress);
                if (result == AccessResult.Done)
                {
                    Machine.Memory.FillFrame(physicalAddress >> TArch.PageShift, firstLine, in line);
                }

                if (result is AccessResult.Done or AccessResult.Faulted)
                {
                    return;
                }
            }

            Wait(ref spin, address);
        }
    }

    // A struct page of another size than 64 bytes may cross from one page into the next: word by word.
    private StructPage ReadOddStructPage(ulong address)
    {
        Span<ulong> words = stackalloc ulong[StructPage.Size / sizeof(ulong)];
        words.Clear();
        for (int i = 0; i < Math.Min(words.Length, Machine.Vmemmap.StructPageSize / sizeof(ulong)); i++)
        {
            words[i] = ReadWord(address + ((ulong)i * sizeof(ulong)));
        }

        return StructPage.FromLine(Vector512.Create<ulong>(words));
    }

    private bool WriteOddStructPage(ulong address, Vector512<ulong> line)
    {
        bool written = true;
        for (int i = 0; i < Math.Min(Vector512<ulong>.Count, Machine.Vmemmap.StructPageSize / sizeof(ulong)); i++)
        {
            written &= WriteWord(address + ((ulong)i * sizeof(ulong)), line.GetElement(i));
        }

        return written;
    }
}
