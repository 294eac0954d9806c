using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <content>MADV_COLLAPSE.</content>
public sealed partial class HugetlbMapping<TArch, TLayout>
{
    private bool _collapsesAutomatically;

    /// <summary>
    /// Whether <see cref="Continue"/> collapses what its last piece completes: a question of the thread, which left it to the user. Off at first.
    /// </summary>
    public bool CollapsesAutomatically
    {
        get => Volatile.Read(ref _collapsesAutomatically);
        set => Volatile.Write(ref _collapsesAutomatically, value);
    }

    /// <summary>
    /// Maps a range in as few pieces as fit (MADV_COLLAPSE; hugetlb_collapse): tables go, holes among the pieces are filled with what the file has,
    /// markers are dropped, but for those that reach out of the range. Where nothing is mapped at all nothing will be; base pages with memory errors stay as
    /// they are, and what is around them is mapped in the largest pieces that have none, also where an error took the whole page away.
    /// </summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="start">First virtual address, a multiple of the base page.</param>
    /// <param name="length">Bytes, the same.</param>
    /// <returns>
    /// <see cref="MappingError.Invalid"/>: a private mapping, or a range that is not aligned or not the mapping's. <see cref="MappingError.Busy"/>: a page is
    /// being migrated; what comes before it is collapsed. <see cref="MappingError.NoMemory"/>: no room in a count, or no frame for a table
    /// around a memory error; the same. <see cref="MappingError.HwPoison"/>: all is done but for memory errors. A mapping that was not told to map pieces has
    /// nothing to collapse.
    /// </returns>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    public MappingResult AdviseCollapse(Cpu<TArch> cpu, ulong start, ulong length)
    {
        Space.Machine.RequireOwn(cpu);
        cpu.Counters.SystemCalls++;
        if (!IsShared)
        {
            return Refused("The mapping is private: only what is shared is mapped in pieces.");
        }

        if (length == 0 || ((start | length) & ((1UL << TArch.PageShift) - 1)) != 0)
        {
            return Refused($"0x{length:x} bytes at 0x{start:x}: both are multiples of {SizeText.Of(1UL << TArch.PageShift)}.");
        }

        bool poisoned = false;
        using KernelSemaphore.Scope mappings = Space.MmapLock.HoldToWrite(cpu);
        if (!Contains(start, length))
        {
            return Outside(start, length);
        }

        if (!IsHighGranularity)
        {
            return MappingResult.Done(length);
        }

        for (ulong address = start; address < start + length;)
        {
            // Given back for each piece, so that faults of other processes wait for one at most.
            using KernelSemaphore.Scope walks = File.MappingsLock.HoldToWrite(cpu);
            MappingError error = CollapseOne(cpu, address, start + length, out ulong next);
            if (error is MappingError.Busy or MappingError.NoMemory)
            {
                return new MappingResult(error, address - start, error == MappingError.Busy
                    ? $"The page at 0x{address:x} is being migrated."
                    : $"No frame for a page table, or no room in the counts of references and mappings, to map 0x{address:x}.");
            }

            poisoned |= error == MappingError.HwPoison;
            address = next;
        }

        return poisoned
            ? new MappingResult(MappingError.HwPoison, length, "What has a memory error stays as it is: a base page, or all of a page that cannot be mapped in pieces. All else is collapsed.")
            : MappingResult.Done(length);
    }

    private MappingError CollapseOne(Cpu<TArch> cpu, ulong address, ulong end, out ulong next)
    {
        HugePage<TArch, TLayout>? page = PageOf(address);
        int largest = MappingSizes<TArch>.Largest(address, end, HugeShift).Shift;
        int shift = page is null ? largest : SizeAround(address, largest, page);
        int wanted = Math.Max(shift, TArch.PageShift);
        _ = Walk(cpu, address, wanted, stopAtNone: true, out HugetlbPte place);

        // Where an error has taken more than its base page away.
        while (place.Shift > wanted && Tables.NonPresentAt(place) == NonPresentKind.HwPoison && WhyNoPieces(address).Length == 0)
        {
            if (SplitPoison(cpu, place, address) is { IsDone: false } result)
            {
                next = address;
                return result.Error;
            }

            _ = Walk(cpu, address, wanted, stopAtNone: true, out place);
        }

        next = (address | place.OffsetMask) + 1;
        if (Tables.HoldsMigration(place))
        {
            return MappingError.Busy;
        }

        MappingError error = Tables.StateOf(place) switch
        {
            HugetlbPteState.NotPresent => CollapseNonPresent(cpu, place, address, end, shift),
            HugetlbPteState.Smaller => CollapseTables(cpu, place, address),
            _ => MappingError.None,
        };

        // In a hole larger than the piece there is nothing to collapse, whatever memory errors are behind it.
        return error != MappingError.None || shift == largest || place.Shift > wanted
            ? error
            : MappingError.HwPoison;
    }

    /// <summary>Drops a marker that does not reach out of the range; maps a piece that has no memory error, where one took more than its base page.</summary>
    private MappingError CollapseNonPresent(Cpu<TArch> cpu, HugetlbPte place, ulong address, ulong end, int shift)
    {
        bool isMarker = Tables.NonPresentAt(place) == NonPresentKind.Marker;
        if (isMarker ? (address & place.OffsetMask) != 0 || place.Size > end - address : place.Shift != shift)
        {
            return isMarker ? MappingError.None : MappingError.HwPoison;
        }

        var gone = new GonePages<TArch, TLayout>();
        ClearLeaf(cpu, place, address, replacement: 0, gone);
        MappingError error = !isMarker && PageOf(address) is { } page ? AddLeaf(cpu, place, address, page) : MappingError.None;
        gone.Drop(cpu, Space);
        return error;
    }

    /// <summary>Makes one leaf of what a position leads to; where that is no leaf, takes it away.</summary>
    private MappingError CollapseTables(Cpu<TArch> cpu, HugetlbPte place, ulong address)
    {
        if (PageOf(address) is { } page && Tables.HoldsLeaf(place))
        {
            return Collapse(cpu, place, address, page);
        }

        var gone = new GonePages<TArch, TLayout>();
        ClearTables(cpu, place, address, gone);
        ulong start = address & ~place.OffsetMask;
        Space.Flush(cpu, start, start + place.Size);
        gone.Drop(cpu, Space);
        return MappingError.None;
    }

    /// <summary>Makes one leaf of a position.</summary>
    private MappingError Collapse(Cpu<TArch> cpu, HugetlbPte place, ulong address, HugePage<TArch, TLayout> page)
    {
        File.MappingsLock.RequireHeld(toWrite: true);
        MappingError error = CountsPieces ? CountLeaf(cpu, place, address, page) : MappingError.None;
        if (error != MappingError.None)
        {
            return error;
        }

        ulong start = address & ~place.OffsetMask;
        var gone = new GonePages<TArch, TLayout>();

        // What leads to the pieces goes first, so that no CPU finds them any more, then the pieces; all is flushed once, and then made anew.
        ulong[] old;
        using (Tables.LockOf(place.EntryAddress).Hold(cpu))
        {
            old = Tables.Take(cpu, place, start);
        }

        long leaves = 0;
        long pages = TakeApart(cpu, UserPageTables<TArch>.TableLevel(place), old, start, page, gone, ref leaves);
        Space.Flush(cpu, start, start + place.Size);
        using (Tables.LockOf(place.EntryAddress).Hold(cpu))
        {
            Tables.WriteLeaf(cpu, place, start, PhysicalAddress(page, start), LeafBits.New(IsWritable));
        }

        if (CountsPieces)
        {
            gone.References(page, (int)leaves);
        }

        Space.AddHugetlbPages((long)(place.Size >> TArch.PageShift) - pages);
        gone.Drop(cpu, Space);
        return MappingError.None;
    }

    /// <summary>Clears the entries of tables that nothing leads to any more, as the kernel does, entry by entry.</summary>
    /// <returns>Base pages that they mapped.</returns>
    private long TakeApart(
        Cpu<TArch> cpu, int level, ReadOnlySpan<ulong> entries, ulong start, HugePage<TArch, TLayout> page, GonePages<TArch, TLayout> gone, ref long leaves)
    {
        long pages = 0;
        ulong reach = 1UL << TArch.LevelShift(level);
        for (int i = 0; i < entries.Length; i++)
        {
            ulong address = start + ((ulong)i * reach);
            switch (TArch.Classify(level, entries[i]))
            {
                case EntryKind.Table:
                    ulong table = TArch.TableAddress(entries[i]);
                    pages += TakeApart(cpu, level + 1, Tables.TakeAll(cpu, table, level + 1), address, page, gone, ref leaves);
                    gone.Table(table >> TArch.PageShift);
                    break;
                case EntryKind.Leaf:
                    pages += (long)(reach >> TArch.PageShift);
                    int shift = TArch.LeafSizeShift(level, entries[i]);
                    if ((address & ((1UL << shift) - 1)) == 0)
                    {
                        leaves++;
                        if (CountsPieces)
                        {
                            _ = new MapCounts<TArch>(cpu, page.HeadPfn).TryAddPiece(BasePage(address), 1L << (shift - TArch.PageShift), -1);
                        }
                    }

                    break;
            }
        }

        return pages;
    }

    /// <summary>Collapses what a piece has completed, from the smallest size up, as far as it is complete.</summary>
    private void CollapseIfComplete(Cpu<TArch> cpu, ulong address)
    {
        for (int i = MappingSizes<TArch>.All.Length - 2; i >= 0; i--)
        {
            MappingSize size = MappingSizes<TArch>.All[i];
            ulong start = address & ~(size.Bytes - 1);
            if (size.Shift > HugeShift)
            {
                return;
            }

            using (Space.MmapLock.HoldToRead(cpu))
            using (File.MappingsLock.HoldToRead(cpu))
            {
                if (!IsComplete(cpu, start, size))
                {
                    return;
                }
            }

            // Looked at again: somebody may have unmapped a piece meanwhile, which must not come back.
            using KernelSemaphore.Scope mappings = Space.MmapLock.HoldToWrite(cpu);
            using KernelSemaphore.Scope walks = File.MappingsLock.HoldToWrite(cpu);
            if (!IsComplete(cpu, start, size) || CollapseOne(cpu, start, start + size.Bytes, out _) != MappingError.None)
            {
                return;
            }
        }
    }

    private bool IsComplete(Cpu<TArch> cpu, ulong start, MappingSize size)
    {
        if (!Contains(start, size.Bytes))
        {
            return false;
        }

        _ = Walk(cpu, start, size.Shift, stopAtNone: true, out HugetlbPte place);
        return place.Shift > size.Shift || Tables.IsFullOfLeaves(place);
    }
}
