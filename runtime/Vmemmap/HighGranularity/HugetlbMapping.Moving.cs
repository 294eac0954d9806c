using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <content>Mremap.</content>
public sealed partial class HugetlbMapping<TArch, TLayout>
{
    /// <summary>
    /// Moves the mapping to other addresses of its address space (mremap with MREMAP_FIXED; move_hugetlb_page_tables, 6.12 mm/hugetlb.c): its entries move, no
    /// count changes, and page tables that only it had go. What is in tables shared with other mappings is given up, and comes back by faults.
    /// Whose its faults are does not change, as with UFFD_FEATURE_EVENT_REMAP.
    /// </summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="newStart">First virtual address from now on, a multiple of the huge page. Unlike in the kernel, nothing may be mapped there.</param>
    /// <returns>
    /// <see cref="MappingError.Invalid"/>: a huge page that is mapped in pieces, or addresses that are not aligned, not a process's or not free.
    /// <see cref="MappingError.NoMemory"/>: no frame for a table. After an error all is as before.
    /// </returns>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    /// <exception cref="InvalidOperationException">The mapping has ended.</exception>
    public MappingResult MoveTo(Cpu<TArch> cpu, ulong newStart)
    {
        Space.Machine.RequireOwn(cpu);
        cpu.Counters.SystemCalls++;
        using KernelSemaphore.Scope mappings = Space.MmapLock.HoldToWrite(cpu);
        using KernelSemaphore.Scope walks = File.MappingsLock.HoldToWrite(cpu);
        RequireLive();
        ulong length = End - Start;
        if (WhyNotAt(newStart, length) is { Length: > 0 } reason)
        {
            return Refused(reason);
        }

        List<(ulong Address, HugetlbPte Place)> moving = [];
        MappingResult found = FindMoving(cpu, moving);
        if (!found.IsDone)
        {
            return found;
        }

        // Every table is there before the first entry moves.
        var targets = new List<HugetlbPte>();
        foreach ((ulong address, _) in moving)
        {
            if (Walk(cpu, newStart + (address - Start), HugeShift, stopAtNone: false, out HugetlbPte target) != MappingError.None)
            {
                FlushAndFreeTables(cpu, newStart, newStart + length);
                return new MappingResult(MappingError.NoMemory, 0, $"No frame for a page table to move 0x{address:x}: the mapping is where it was.");
            }

            targets.Add(target);
        }

        ulong start = Start;
        Unshare(cpu, start, start + length);
        for (int i = 0; i < moving.Count; i++)
        {
            MoveEntries(cpu, moving[i].Place, moving[i].Address, targets[i], newStart + (moving[i].Address - start));
        }

        Space.Ranges.Remove(start);
        Space.Ranges.Add(newStart, newStart + length);
        Start = newStart;
        FlushAndFreeTables(cpu, start, start + length);
        return MappingResult.Done(length);
    }

    /// <summary>Flushes addresses at which no mapping is any more, and frees the tables that only they needed.</summary>
    private void FlushAndFreeTables(Cpu<TArch> cpu, ulong start, ulong end)
    {
        var gone = new GonePages<TArch, TLayout>();
        Tables.TakeUnused(cpu, start, end, gone.Table);
        Space.Flush(cpu, start, end);
        gone.Drop(cpu, Space);
    }

    private string WhyNotAt(ulong newStart, ulong length)
    {
        if (newStart % Hstate.Size != 0 || newStart >= AddressSpace<TArch>.End || length > AddressSpace<TArch>.End - newStart)
        {
            return $"0x{length:x} bytes to 0x{newStart:x}: they begin at a multiple of {SizeText.Of(Hstate.Size)} and end by 0x{AddressSpace<TArch>.End:x}.";
        }

        foreach ((ulong first, ulong end) in Space.Ranges)
        {
            if (first < newStart + length && end > newStart)
            {
                return $"0x{length:x} bytes to 0x{newStart:x}: 0x{first:x} to 0x{end:x} is mapped already. Choose free addresses, or unmap these.";
            }
        }

        return string.Empty;
    }

    /// <summary>Finds the positions that have something, but for those of shared tables.</summary>
    private MappingResult FindMoving(Cpu<TArch> cpu, List<(ulong Address, HugetlbPte Place)> moving)
    {
        for (ulong address = Start; address < End;)
        {
            _ = Walk(cpu, address, HugeShift, stopAtNone: true, out HugetlbPte place);
            switch (Tables.StateOf(place))
            {
                case HugetlbPteState.Smaller:
                    return Refused(InPieces(address, "mremap"));
                case HugetlbPteState.PresentLeaf or HugetlbPteState.NotPresent when !IsSharedTable(cpu, TableOf(place)):
                    moving.Add((address, place));
                    break;
            }

            address = (address | place.OffsetMask) + 1;
        }

        return MappingResult.Done(0);
    }

    private void MoveEntries(Cpu<TArch> cpu, HugetlbPte from, ulong address, HugetlbPte to, ulong newAddress)
    {
        ulong[] entries;
        using (Tables.LockOf(from.EntryAddress).Hold(cpu))
        {
            entries = Tables.Take(cpu, from, address);
        }

        using (Tables.LockOf(to.EntryAddress).Hold(cpu))
        {
            Tables.Write(cpu, to, newAddress, entries);
        }
    }
}
