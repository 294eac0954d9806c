using System.Runtime.Intrinsics;
using Vmemmap.Simulation;

namespace Vmemmap.Devmap;

/// <summary>
/// Maps the struct pages of compound pages so that all but the first page of tails is shared (6.12 mm/sparse-vmemmap.c:366-460,
/// vmemmap_populate_compound_pages): each has a page for its head and one of tails, and the rest of its vmemmap maps the latter again,
/// writable. What a section begins in the middle of a compound page goes on with the page before it: sections come in order.
/// </summary>
/// <remarks>
/// The kernel takes it that no section has the end of one compound page and, larger than a subsection, the start of another. Here each
/// compound page is looked at for itself, so that a device may start anywhere; where the kernel is right the tables are the same.
/// </remarks>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <param name="machine">The machine.</param>
/// <param name="tables">Its tables.</param>
/// <param name="node">The node that frames come from.</param>
/// <param name="firstPage">First page of the device's vmemmap: compound pages count from there.</param>
/// <param name="compoundPages">Pages of vmemmap of a compound page.</param>
/// <param name="sharesTables">Whether a table that maps nothing but a tail page is used again (v4 14/14).</param>
internal sealed class CompoundPopulation<TArch>(
    Machine<TArch> machine, DevmapTables<TArch> tables, int node, long firstPage, long compoundPages, bool sharesTables)
    where TArch : struct, IArchitecture
{
    private static readonly Vector512<ulong> Poison = Vector512<ulong>.AllBitsSet;

    /// <summary>Maps a piece of the device's vmemmap.</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="page">Its first page.</param>
    /// <param name="end">First page behind it.</param>
    /// <returns>False if a frame or a table is missing; what is mapped stays mapped.</returns>
    /// <exception cref="InconsistentMachineException">It begins within a compound page, and the page before it is not mapped.</exception>
    public bool TryMap(Cpu<TArch> cpu, long page, long end)
    {
        while (page < end)
        {
            long head = page - ((page - firstPage) % compoundPages);
            long stop = Math.Min(end, head + compoundPages);
            if (!TryMapPart(cpu, head, page, stop))
            {
                return false;
            }

            page = stop;
        }

        return true;
    }

    private bool TryMapPart(Cpu<TArch> cpu, long head, long page, long stop)
    {
        if (page == head && !TryMapOwn(cpu, page++))
        {
            return false;
        }

        if (page < stop && page == head + 1 && !TryMapOwn(cpu, page++))
        {
            return false;
        }

        return page >= stop || TryMapTails(cpu, head, page, stop, FrameBefore(page));
    }

    private bool TryMapOwn(Cpu<TArch> cpu, long page)
    {
        if (!machine.PageAllocator.TryAllocate(cpu, node, 0, AllocationPurpose.VmemmapRestore, thisNode: false, out ulong frame))
        {
            return false;
        }

        if (!tables.TryEntryOf(cpu, page, KernelPageTables<TArch>.LastLevel, out ulong entryAddress))
        {
            machine.PageAllocator.FreeFrame(cpu, frame, FrameUse.Vmemmap);
            return false;
        }

        cpu.Counters.FramesTaken++;

        // As a kernel that debugs memory does (page_init_poison): a struct page that is used before it is initialised is seen.
        machine.Memory.FillFrame(frame, in Poison);
        machine.PageTables.WritePage(cpu, entryAddress, page, KernelPageTables<TArch>.MakePage(frame, writable: true));
        return true;
    }

    private bool TryMapTails(Cpu<TArch> cpu, long head, long page, long stop, ulong tail)
    {
        ulong entry = KernelPageTables<TArch>.MakePage(tail, writable: true);
        while (page < stop)
        {
            long next = machine.PageTables.EndOfTable(page);
            bool isWhole = next <= stop && next - page == DevmapTables<TArch>.TablePages;
            if (sharesTables && isWhole && page - DevmapTables<TArch>.TablePages > head + 1)
            {
                if (!TryShareTable(cpu, page, next - 1))
                {
                    return false;
                }
            }
            else
            {
                if (!tables.TryEntryOf(cpu, page, KernelPageTables<TArch>.LastLevel, out ulong entryAddress))
                {
                    return false;
                }

                // A reference for each entry, as whoever clears one gives one back.
                next = Math.Min(next, stop);
                DevmapTables<TArch>.ReferencesOf(cpu, tail).AddReferences((int)(next - page));
                for (long at = page; at < next; at++, entryAddress += sizeof(ulong))
                {
                    machine.PageTables.WritePage(cpu, entryAddress, at, entry);
                }
            }

            page = next;
        }

        return true;
    }

    // The table before maps nothing but the same tail page.
    private bool TryShareTable(Cpu<TArch> cpu, long page, long lastPage)
    {
        if (!tables.TryEntryOf(cpu, page, KernelPageTables<TArch>.BlockLevel, out ulong entryAddress))
        {
            return false;
        }

        EntryPlace before = machine.PageTables.Find(page - 1);
        ulong table = before.Address & ~((1UL << TArch.PageShift) - 1);
        DevmapTables<TArch>.ReferencesOf(cpu, table >> TArch.PageShift).AddReferences(1);
        machine.PageTables.WriteTable(cpu, entryAddress, KernelPageTables<TArch>.BlockLevel, page, lastPage, table);
        return true;
    }

    // compound_section_tail_page: the last page of the section before, or of this one.
    private ulong FrameBefore(long page)
    {
        EntryPlace place = machine.PageTables.Find(page - 1);
        return place is { Kind: EntryKind.Leaf } && place.Level == KernelPageTables<TArch>.LastLevel
            ? KernelPageTables<TArch>.FrameOf(place.Entry)
            : throw new InconsistentMachineException(
                $"Page {page} of vmemmap goes on with a compound page whose page {page - 1} is not mapped: sections come in order.");
    }
}
