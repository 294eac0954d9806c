using System.Buffers;
using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>
/// What a kernel's HVO is built of (6.12 mm/hugetlb_vmemmap.c, mm/sparse-vmemmap.c): walks over vmemmap's entries, splits of blocks, frames that come and go, flushes, and
/// the static key that says whether aliases may be met at all. One for each machine; several pools may share it. Any thread, with a CPU of its own.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
public sealed class VmemmapRemapper<TArch>
    where TArch : struct, IArchitecture
{
    private const int PrivateOffset = 40;

    private long _aliasedFolios;

    /// <summary>Makes the remapper of a machine.</summary>
    /// <param name="machine">The machine.</param>
    public VmemmapRemapper(Machine<TArch> machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        Machine = machine;
        SharedTails = new SharedTails<TArch>(machine);
    }

    /// <summary>The machine.</summary>
    public Machine<TArch> Machine { get; }

    /// <summary>The tail pages that zones share (v7.1 on).</summary>
    public SharedTails<TArch> SharedTails { get; }

    /// <summary>The lock over the kernel's own address space (init_mm.mmap_lock), under which v5.14 to v5.17 remap.</summary>
    public KernelLock MmapLock { get; } = new("init_mm.mmap_lock", sleeps: true);

    /// <summary>Folios whose tails may be aliases now: what the static key counts (hugetlb_optimize_vmemmap_key).</summary>
    public long AliasedFolios => Volatile.Read(ref _aliasedFolios);

    /// <summary>Counts a folio whose tails become aliases, before they do.</summary>
    public void CountAliased() => Interlocked.Increment(ref _aliasedFolios);

    /// <summary>Counts folios whose tails are no aliases any more, when no CPU can see them as such.</summary>
    /// <param name="folios">How many.</param>
    public void UncountAliased(long folios) => Interlocked.Add(ref _aliasedFolios, -folios);

    /// <summary>Sets or clears HPG_vmemmap_optimized in the head, through the mapping that this CPU sees.</summary>
    /// <param name="cpu">The CPU.</param>
    /// <param name="folio">The folio.</param>
    /// <param name="optimized">Set, or clear.</param>
    public void MarkOptimized(Cpu<TArch> cpu, Folio folio, bool optimized)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        ArgumentNullException.ThrowIfNull(folio);
        ulong address = Machine.Vmemmap.AddressOf(folio.HeadPfn) + PrivateOffset;
        ulong flags = cpu.ReadWord(address);
        ulong bit = (ulong)HugeTlbFlags.VmemmapOptimized;
        cpu.WriteWord(address, optimized ? flags | bit : flags & ~bit);
        folio.IsOptimized = optimized;
    }

    /// <summary>The frame that a page of vmemmap is mapped to.</summary>
    /// <param name="page">The page, counted from the start of vmemmap.</param>
    /// <exception cref="InconsistentMachineException">Nothing is mapped there.</exception>
    public ulong FrameAt(long page)
    {
        EntryPlace place = Machine.PageTables.Find(page);
        ulong address = Machine.Vmemmap.AddressOfPage(page);
        return place.Kind == EntryKind.Leaf
            ? TArch.PhysicalAddress(place.Level, place.Entry, address) >> TArch.PageShift
            : throw new InconsistentMachineException($"Page {page} of vmemmap is mapped to nothing.");
    }

    /// <summary>Allocates a frame for vmemmap, without waiting for memory to come free.</summary>
    /// <param name="cpu">The CPU that asks.</param>
    /// <param name="node">The node to try first.</param>
    /// <param name="purpose">What for.</param>
    /// <param name="thisNode">Whether no other node will do.</param>
    /// <param name="frame">The frame.</param>
    public bool TryAllocateFrame(Cpu<TArch> cpu, int node, AllocationPurpose purpose, bool thisNode, out ulong frame)
    {
        if (!Machine.PageAllocator.TryAllocate(cpu, node, 0, purpose, thisNode, out frame))
        {
            return false;
        }

        cpu.Counters.FramesTaken++;
        return true;
    }

    /// <summary>Copies a frame of struct pages, through the linear map.</summary>
    /// <param name="cpu">The CPU that copies.</param>
    /// <param name="from">The frame to read.</param>
    /// <param name="to">The frame to write.</param>
    public void CopyFrame(Cpu<TArch> cpu, ulong from, ulong to)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        cpu.Counters.BytesCopied += 1L << TArch.PageShift;
        Machine.Memory.CopyFrame(from, to);
    }

    /// <summary>Has the blocks that map a range split into tables of pages.</summary>
    /// <param name="cpu">The CPU that splits.</param>
    /// <param name="firstPage">First page of the range.</param>
    /// <param name="lastPage">Last page of the range.</param>
    /// <param name="node">Node for the tables.</param>
    /// <param name="flush">Whether each split is flushed; a batch flushes once for all.</param>
    /// <returns>False if memory for a table was short; what is split stays split.</returns>
    public bool TrySplit(Cpu<TArch> cpu, long firstPage, long lastPage, int node, bool flush)
    {
        long tablePages = KernelPageTables<TArch>.TablePages;
        for (long page = firstPage; page <= lastPage; page = NextTable(page, tablePages))
        {
            if (!TrySplitAt(cpu, page, node, flush, out _))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Walks the entries of a range in order and remaps them, table by table (vmemmap_remap_range). Blocks are split on the way.
    /// </summary>
    /// <typeparam name="TRemap">What is done to each entry.</typeparam>
    /// <param name="cpu">The CPU that remaps.</param>
    /// <param name="firstPage">First page of the range.</param>
    /// <param name="lastPage">Last page of the range.</param>
    /// <param name="node">Node for tables, where blocks must be split.</param>
    /// <param name="flushSplits">Whether each split is flushed.</param>
    /// <param name="remap">What is done to each entry.</param>
    /// <param name="walked">Entries walked.</param>
    /// <returns>False if memory for a table was short: the entries from <paramref name="walked"/> on are as they were.</returns>
    public bool TryRemapRange<TRemap>(
        Cpu<TArch> cpu, long firstPage, long lastPage, int node, bool flushSplits, ref TRemap remap, out long walked)
        where TRemap : struct, IEntryRemap<TArch>
    {
        long tablePages = KernelPageTables<TArch>.TablePages;
        walked = 0;
        for (long page = firstPage; page <= lastPage;)
        {
            if (!TrySplitAt(cpu, page, node, flushSplits, out EntryPlace place))
            {
                return false;
            }

            long next = Math.Min(NextTable(page, tablePages), lastPage + 1);
            RemapTable(cpu, place.Address, page, (int)(next - page), ref remap);
            walked += next - page;
            page = next;
        }

        return true;
    }

    /// <summary>Takes a frame out of vmemmap, to be freed after a flush.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="deferred">Where it waits.</param>
    public void Defer(ulong frame, DeferredFrames deferred)
    {
        ArgumentNullException.ThrowIfNull(deferred);
        Machine.Books.Move(FrameUse.Vmemmap, FrameUse.Deferred, 1);
        deferred.Push(frame);
    }

    /// <summary>Takes back a frame that waited, to be used for vmemmap again.</summary>
    /// <param name="deferred">Where it waited.</param>
    public ulong TakeBack(DeferredFrames deferred)
    {
        ArgumentNullException.ThrowIfNull(deferred);
        ulong frame = deferred.Pop();
        Machine.Books.Move(FrameUse.Deferred, FrameUse.Vmemmap, 1);
        Machine.Frames.SetOwner(frame, -1);
        return frame;
    }

    /// <summary>Frees what waited (free_vmemmap_page_list): to boot memory what it gave, the rest to the page allocator.</summary>
    /// <param name="cpu">The CPU that frees.</param>
    /// <param name="deferred">What waited.</param>
    public void FreeDeferred(Cpu<TArch> cpu, DeferredFrames deferred)
    {
        ArgumentNullException.ThrowIfNull(deferred);
        while (deferred.Count > 0)
        {
            FreeFrame(cpu, deferred.Pop(), FrameUse.Deferred);
        }
    }

    /// <summary>Frees a frame that no TLB can hold: one that was allocated and never mapped, or one after a flush.</summary>
    /// <param name="cpu">The CPU that frees.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="use">What it was used for.</param>
    public void FreeFrame(Cpu<TArch> cpu, ulong frame, FrameUse use)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        cpu.Counters.FramesReturned++;
        Machine.PageAllocator.FreeFrame(cpu, frame, use);
    }

    /// <summary>Has every CPU forget a range of vmemmap.</summary>
    /// <param name="cpu">The CPU that asks.</param>
    /// <param name="firstPage">First page.</param>
    /// <param name="lastPage">Last page.</param>
    public void FlushRange(Cpu<TArch> cpu, long firstPage, long lastPage) => Machine.PageTables.FlushRange(cpu, firstPage, lastPage);

    /// <summary>Has every CPU forget everything.</summary>
    /// <param name="cpu">The CPU that asks.</param>
    public void FlushAll(Cpu<TArch> cpu) => Machine.PageTables.FlushAll(cpu);

    /// <summary>An entry that maps a page of vmemmap for reading and writing (PAGE_KERNEL).</summary>
    /// <param name="frame">The frame.</param>
    public static ulong Writable(ulong frame) => KernelPageTables<TArch>.MakePage(frame, writable: true);

    /// <summary>An entry that maps a page of vmemmap for reading, where the architecture has such mappings (PAGE_KERNEL_RO).</summary>
    /// <param name="frame">The frame.</param>
    public static ulong ReadOnly(ulong frame) => KernelPageTables<TArch>.MakePage(frame, writable: false);

    /// <summary>The frame that an entry of the last level maps.</summary>
    /// <param name="entry">The entry.</param>
    public static ulong FrameOf(ulong entry) => KernelPageTables<TArch>.FrameOf(entry);

    private static long NextTable(long page, long tablePages) => (page | (tablePages - 1)) + 1;

    private void RemapTable<TRemap>(Cpu<TArch> cpu, ulong entryAddress, long firstPage, int count, ref TRemap remap)
        where TRemap : struct, IEntryRemap<TArch>
    {
        KernelPageTables<TArch> tables = Machine.PageTables;
        if (!TArch.RequiresBreakBeforeMake)
        {
            for (int i = 0; i < count; i++, entryAddress += sizeof(ulong))
            {
                if (remap.TryRemap(cpu, firstPage + i, tables.Read(entryAddress), out ulong made))
                {
                    tables.WritePage(cpu, entryAddress, firstPage + i, made);
                }
            }

            return;
        }

        // Broken entries cannot be read any more: they are kept aside while the window is open.
        ulong[] before = ArrayPool<ulong>.Shared.Rent(count);
        for (int i = 0; i < count; i++)
        {
            before[i] = tables.Read(entryAddress + ((ulong)i * sizeof(ulong)));
        }

        using (tables.Open(cpu, firstPage, firstPage + count - 1, entryAddress, count))
        {
            for (int i = 0; i < count; i++, entryAddress += sizeof(ulong))
            {
                bool changes = remap.TryRemap(cpu, firstPage + i, before[i], out ulong made);
                ulong wanted = changes ? made : before[i];
                if (tables.Read(entryAddress) != wanted)
                {
                    tables.WritePage(cpu, entryAddress, firstPage + i, wanted);
                }
            }
        }

        ArrayPool<ulong>.Shared.Return(before);
    }

    private bool TrySplitAt(Cpu<TArch> cpu, long page, int node, bool flush, out EntryPlace place)
    {
        KernelPageTables<TArch> tables = Machine.PageTables;
        place = tables.Find(page);
        if (place.Level == KernelPageTables<TArch>.LastLevel)
        {
            return true;
        }

        if (place.Kind != EntryKind.Leaf || place.Level != KernelPageTables<TArch>.BlockLevel)
        {
            throw new InconsistentMachineException(
                $"Page {page} of vmemmap is mapped by {place.Kind} on level {place.Level}: there is nothing to split.");
        }

        if (!Machine.PageAllocator.TryAllocate(cpu, node, 0, AllocationPurpose.PageTable, thisNode: false, out ulong table))
        {
            return false;
        }

        cpu.Counters.PageTablesAllocated++;
        long firstPage = page & ~(KernelPageTables<TArch>.TablePages - 1);
        FillTable(cpu, table << TArch.PageShift, in place);
        if (!Publish(cpu, in place, firstPage, table))
        {
            // Another CPU was faster. Its table is the one that counts.
            cpu.Counters.LostSplits++;
            cpu.Counters.PageTablesFreed++;
            Machine.PageAllocator.FreeFrame(cpu, table, FrameUse.PageTable);
        }
        else if (flush)
        {
            FlushRange(cpu, firstPage, firstPage + KernelPageTables<TArch>.TablePages - 1);
        }

        place = tables.Find(page);
        return true;
    }

    private void FillTable(Cpu<TArch> cpu, ulong table, in EntryPlace block)
    {
        ulong frame = TArch.PhysicalAddress(block.Level, block.Entry, 0) >> TArch.PageShift;
        bool writable = TArch.IsWritable(block.Entry);
        Machine.Memory.FillFrame(table >> TArch.PageShift, default);
        for (int i = 0; i < KernelPageTables<TArch>.TablePages; i++)
        {
            Machine.Memory.WriteWord(table + ((ulong)i * sizeof(ulong)), KernelPageTables<TArch>.MakePage(frame + (ulong)i, writable));
        }

        cpu.Counters.PteWrites += KernelPageTables<TArch>.TablePages;
    }

    private bool Publish(Cpu<TArch> cpu, in EntryPlace place, long firstPage, ulong table)
    {
        KernelPageTables<TArch> tables = Machine.PageTables;
        using KernelLock.Scope<TArch> held = tables.Lock.Hold(cpu);
        if (TArch.Classify(place.Level, tables.Read(place.Address)) != EntryKind.Leaf)
        {
            return false;
        }

        // Only now is it sure that the frames are still those of the block: a table that lost may be of frames that others have by now.
        ulong frame = TArch.PhysicalAddress(place.Level, place.Entry, 0) >> TArch.PageShift;
        for (int i = 0; i < KernelPageTables<TArch>.TablePages; i++)
        {
            if (Machine.Frames.OwnerOf(frame + (ulong)i) < 0)
            {
                Machine.Frames.SetOwner(frame + (ulong)i, firstPage + i);
            }
        }

        long lastPage = firstPage + KernelPageTables<TArch>.TablePages - 1;
        using (tables.Open(cpu, firstPage, lastPage, place.Address, 1))
        {
            tables.WriteTable(cpu, place.Address, place.Level, firstPage, lastPage, table << TArch.PageShift);
        }

        cpu.Counters.BlockSplits++;
        return true;
    }
}
