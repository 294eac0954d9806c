using Vmemmap.Simulation;

namespace Vmemmap.Devmap;

/// <summary>
/// Takes a device's vmemmap apart, piece by piece and in any order. Every entry that is cleared gives back one reference to the frame it
/// maps, and every entry that leads to a table one to the table: the last one frees (6.12 arch/x86/mm/init_64.c, remove_pagetable; put_page
/// of frames that vmemmap_populate_range took again). Entries of a table that others lead to as well are left alone.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
internal sealed class DevmapTeardown<TArch>(Machine<TArch> machine, Altmap? altmap)
    where TArch : struct, IArchitecture
{
    private readonly List<Mapped> _frames = [];
    private readonly List<ulong> _tables = [];
    private long _first;
    private long _end;
    private long _flushFirst;
    private long _flushEnd;

    /// <summary>Unmaps a piece, has every CPU forget it, and then frees what nothing maps any more.</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="page">Its first page.</param>
    /// <param name="end">First page behind it.</param>
    /// <exception cref="InconsistentMachineException">A frame or a table has fewer references than entries: it
    /// would be freed twice.</exception>
    public void Remove(Cpu<TArch> cpu, long page, long end)
    {
        (_first, _end) = (page, end);
        (_flushFirst, _flushEnd) = (page, end);
        while (page < end)
        {
            page = Clear(cpu, page, end);
        }

        machine.PageTables.FlushRange(cpu, _flushFirst, _flushEnd - 1);
        foreach (Mapped mapped in _frames)
        {
            Drop(cpu, in mapped);
        }

        foreach (ulong table in _tables)
        {
            if (DevmapTables<TArch>.ReferencesOf(cpu, table).AddReferences(-1) == 0)
            {
                cpu.Counters.PageTablesFreed++;
                machine.PageAllocator.FreeFrame(cpu, table, FrameUse.PageTable);
            }
        }

        _frames.Clear();
        _tables.Clear();
    }

    private long Clear(Cpu<TArch> cpu, long page, long end)
    {
        var path = new EntryPath<TArch>(machine.PageTables, page, stackalloc ulong[TArch.LevelCount]);
        int level = path.Level;
        long next;
        if (level == KernelPageTables<TArch>.LastLevel)
        {
            next = Math.Min(end, machine.PageTables.EndOfTable(page));
            if (IsShared(cpu, path.FrameOfTable(level)))
            {
                ClearLink(cpu, in path, page, next);
                level--;
            }
            else
            {
                ClearPages(cpu, path[level], next - page);
            }
        }
        else
        {
            next = machine.PageTables.EndOf(page, level);
            if (TArch.Classify(level, path.Entry) == EntryKind.Leaf)
            {
                ClearBlock(cpu, path[level], TArch.PhysicalAddress(level, path.Entry, 0) >> TArch.PageShift, next);
            }
        }

        // Where nothing is mapped, tables that a failed population made may be empty.
        path.ClearEmptyTables(cpu, level, _tables);
        return next;
    }

    // A block that two sections begin and end in goes with the second of them (6.12 arch/x86/mm/init_64.c, vmemmap_pmd_is_unused).
    private void ClearBlock(Cpu<TArch> cpu, ulong entryAddress, ulong frame, long next)
    {
        long first = next - DevmapTables<TArch>.TablePages;
        if (IsUsed(first, _first) || IsUsed(_end, next))
        {
            return;
        }

        _frames.Add(new Mapped(frame, DevmapTables<TArch>.TablePages, 1));
        machine.PageTables.Clear(cpu, entryAddress);
        (_flushFirst, _flushEnd) = (Math.Min(_flushFirst, first), Math.Max(_flushEnd, next));
    }

    // Whether a section that has struct pages in a range of pages is there.
    private bool IsUsed(long page, long end)
    {
        for (; page < end; page++)
        {
            if (machine.Sections.Of(machine.Vmemmap.PfnOf(machine.Vmemmap.AddressOfPage(page))).State != SectionState.Absent)
            {
                return true;
            }
        }

        return false;
    }

    // References are given back after the flush: one that this piece has cleared counts no more.
    private bool IsShared(Cpu<TArch> cpu, ulong table) =>
        DevmapTables<TArch>.ReferencesOf(cpu, table).RefCount - _tables.Count(cleared => cleared == table) > 1;

    private void ClearLink(Cpu<TArch> cpu, in EntryPath<TArch> path, long page, long next)
    {
        if (next - page != DevmapTables<TArch>.TablePages)
        {
            throw new InconsistentMachineException($"Pages {page} to {next - 1} of vmemmap are part of a table that others lead to.");
        }

        machine.PageTables.Clear(cpu, path[path.Level - 1]);
        _tables.Add(path.FrameOfTable(path.Level));
    }

    private void ClearPages(Cpu<TArch> cpu, ulong entryAddress, long count)
    {
        for (long i = 0; i < count; i++, entryAddress += sizeof(ulong))
        {
            ulong entry = machine.PageTables.Read(entryAddress);
            if (TArch.Classify(KernelPageTables<TArch>.LastLevel, entry) != EntryKind.Leaf)
            {
                continue;
            }

            ulong frame = KernelPageTables<TArch>.FrameOf(entry);
            if (_frames.Count > 0 && _frames[^1] is { Count: 1 } last && last.Frame == frame)
            {
                _frames[^1] = last with { Entries = last.Entries + 1 };
            }
            else
            {
                _frames.Add(new Mapped(frame, 1, 1));
            }

            machine.PageTables.Clear(cpu, entryAddress);
        }
    }

    private void Drop(Cpu<TArch> cpu, in Mapped mapped)
    {
        if (altmap is not null && altmap.Contains(mapped.Frame))
        {
            for (long i = 0; i < mapped.Count; i++)
            {
                machine.Memory.Discard(mapped.Frame + (ulong)i);
                machine.Frames.Freed(mapped.Frame + (ulong)i);
            }

            altmap.Free((ulong)mapped.Count);
            return;
        }

        for (long i = 0; i < mapped.Count; i++)
        {
            ulong frame = mapped.Frame + (ulong)i;
            if (DevmapTables<TArch>.ReferencesOf(cpu, frame).AddReferences(-mapped.Entries) == 0)
            {
                cpu.Counters.FramesReturned++;
                machine.PageAllocator.FreeFrame(cpu, frame, FrameUse.Vmemmap);
            }
        }
    }

    /// <summary>Frames that were mapped.</summary>
    /// <param name="Frame">The first.</param>
    /// <param name="Count">How many, next to each other.</param>
    /// <param name="Entries">Entries that mapped each.</param>
    private readonly record struct Mapped(ulong Frame, long Count, int Entries);
}
