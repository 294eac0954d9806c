using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <content>Taking mappings away.</content>
public sealed partial class HugetlbMapping<TArch, TLayout>
{
    /// <summary>
    /// Unmaps a range (MADV_DONTNEED): by base pages where pieces may be mapped, splitting what reaches out of it, by whole huge pages elsewhere. Tables stay,
    /// and a huge page that one leads to still counts as mapped until the position of its own size is cleared. Pages that are a private mapping's own are freed.
    /// </summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="start">First virtual address.</param>
    /// <param name="length">Bytes.</param>
    /// <returns><see cref="MappingError.Invalid"/> for a range that is not aligned or not the mapping's; <see cref="MappingError.NoMemory"/> without frames for the
    /// tables of a split: what comes before it is unmapped.</returns>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    public MappingResult Unmap(Cpu<TArch> cpu, ulong start, ulong length)
    {
        Space.Machine.RequireOwn(cpu);
        cpu.Counters.SystemCalls++;
        ulong granularity = IsHighGranularity ? 1UL << TArch.PageShift : Hstate.Size;
        if (length == 0 || ((start | length) & (granularity - 1)) != 0)
        {
            return Refused($"0x{length:x} bytes at 0x{start:x}: both are multiples of {SizeText.Of(granularity)} in this mapping.");
        }

        var gone = new GonePages<TArch, TLayout>();
        MappingResult result;
        using (Space.MmapLock.HoldToRead(cpu))
        {
            if (!Contains(start, length))
            {
                return Outside(start, length);
            }

            using KernelSemaphore.Scope walks = File.MappingsLock.HoldToWrite(cpu);
            Unshare(cpu, start, start + length);
            result = Clear(cpu, start, start + length, replacement: 0, gone);
            Space.Flush(cpu, start, start + length);
            TakeOwnPages(start, start + length, gone);
            gone.Drop(cpu, Space);
        }

        return result;
    }

    /// <summary>Ends the mapping (munmap): everything in it is unmapped, and its tables are freed, all that no other mapping needs.</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    /// <exception cref="InvalidOperationException">It has ended already.</exception>
    public void Remove(Cpu<TArch> cpu)
    {
        Space.Machine.RequireOwn(cpu);
        var gone = new GonePages<TArch, TLayout>();
        using (Space.MmapLock.HoldToWrite(cpu))
        using (File.MappingsLock.HoldToWrite(cpu))
        {
            RequireLive();
            ClearAll(cpu, gone);
            TakeOwnPages(Start, End, gone);
            gone.Drop(cpu, Space);
        }
    }

    /// <summary>Takes everything out of the mapping, and the mapping out of the file; the locks of both are held to write.</summary>
    private void ClearAll(Cpu<TArch> cpu, GonePages<TArch, TLayout> gone)
    {
        Unshare(cpu, Start, End);
        for (ulong address = Start; address < End;)
        {
            address = ClearPage(cpu, address, gone);
        }

        _hasEnded = true;
        File.Forget(this);
        Tables.TakeUnused(cpu, Start, End, gone.Table);
        Space.Flush(cpu, Start, End);
    }

    private void RequireLive()
    {
        if (_hasEnded)
        {
            throw new InvalidOperationException($"The mapping at 0x{Start:x} has ended already.");
        }
    }

    /// <summary>Unmaps one huge page, tables too; i_mmap_rwsem is held to write.</summary>
    internal void UnmapPage(Cpu<TArch> cpu, ulong address)
    {
        var gone = new GonePages<TArch, TLayout>();
        Unshare(cpu, address, address + Hstate.Size);
        ClearPage(cpu, address, gone);
        Space.Flush(cpu, address, address + Hstate.Size);
        gone.Drop(cpu, Space);
    }

    /// <summary>Takes the huge pages of its own, and their references, from a private mapping: what nobody maps is lost.</summary>
    private void TakeOwnPages(ulong start, ulong end, GonePages<TArch, TLayout> gone)
    {
        long first = IndexOf(start);
        long last = IndexOf(end - 1);
        lock (_ownLock)
        {
            foreach ((long index, HugePage<TArch, TLayout> page) in _own.Where(own => own.Key >= first && own.Key <= last).ToArray())
            {
                _own.Remove(index);
                gone.References(page, 1);
            }
        }
    }

    /// <summary>Clears the leaves of a range; i_mmap_rwsem is held to write, and the caller flushes.</summary>
    private MappingResult Clear(Cpu<TArch> cpu, ulong start, ulong end, ulong replacement, GonePages<TArch, TLayout> gone)
    {
        for (ulong address = start; address < end;)
        {
            _ = Walk(cpu, address, TArch.PageShift, stopAtNone: true, out HugetlbPte place);
            ulong first = address & ~place.OffsetMask;
            bool reachesOut = first < start || place.Size > end - first;
            switch (Tables.StateOf(place), Tables.NonPresentAt(place))
            {
                case (HugetlbPteState.PresentLeaf, _) or (HugetlbPteState.NotPresent, NonPresentKind.HwPoison) when reachesOut:
                    MappingResult split = Tables.StateOf(place) == HugetlbPteState.PresentLeaf
                        ? SplitLeaf(cpu, place, address, MappingSizes<TArch>.Largest(address, end, place.Shift - 1).Shift)
                        : SplitPoison(cpu, place, address);
                    if (!split.IsDone)
                    {
                        return split with { Bytes = address - start };
                    }

                    continue;
                case (HugetlbPteState.NotPresent, NonPresentKind.Migration) when reachesOut:
                    return new MappingResult(
                        MappingError.Busy, address - start, $"The page at 0x{address:x} is being migrated, and only a part of it is to be unmapped.");
                case (HugetlbPteState.PresentLeaf or HugetlbPteState.NotPresent, _) when !reachesOut:
                    ClearLeaf(cpu, place, address, replacement, gone);
                    break;
            }

            address = first + place.Size;
        }

        return MappingResult.Done(end - start);
    }

    /// <summary>Clears the position of a huge page, tables too.</summary>
    /// <returns>The first address behind what it looked at: a huge page, or a hole that it is in.</returns>
    private ulong ClearPage(Cpu<TArch> cpu, ulong address, GonePages<TArch, TLayout> gone)
    {
        File.MappingsLock.RequireHeld(toWrite: true);
        _ = Walk(cpu, address, HugeShift, stopAtNone: true, out HugetlbPte place);
        switch (Tables.StateOf(place))
        {
            case HugetlbPteState.Smaller:
                ClearTables(cpu, place, address, gone);
                break;
            case HugetlbPteState.PresentLeaf or HugetlbPteState.NotPresent when place.Shift == HugeShift:
                ClearLeaf(cpu, place, address, replacement: 0, gone);
                break;
        }

        return (address | place.OffsetMask) + 1;
    }

    /// <summary>Clears a position that is not one leaf, and all that is below it; i_mmap_rwsem is held to write, and the caller flushes.</summary>
    private void ClearTables(Cpu<TArch> cpu, HugetlbPte place, ulong address, GonePages<TArch, TLayout> gone)
    {
        HugePage<TArch, TLayout> page = PageOf(address)
            ?? throw new InconsistentMachineException($"Address 0x{address:x} is mapped, and its page is not in the file.");
        ulong[] old;
        using (Tables.LockOf(place.EntryAddress).Hold(cpu))
        {
            bool wasCounted = IsCounted(place, address);
            old = Tables.Take(cpu, place, address);
            if (wasCounted && !IsCounted(place, address))
            {
                gone.Mappings(page, 1);
            }
        }

        long leaves = 0;
        int level = UserPageTables<TArch>.TableLevel(place);
        Space.AddHugetlbPages(-TakeApart(cpu, level, old, address & ~place.OffsetMask, page, gone, ref leaves));
        if (CountsPieces)
        {
            gone.References(page, (int)leaves);
        }
    }
}
