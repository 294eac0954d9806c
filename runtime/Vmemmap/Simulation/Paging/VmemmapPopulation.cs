namespace Vmemmap.Simulation;

/// <summary>Takes a frame for a page table.</summary>
/// <param name="frame">The frame.</param>
internal delegate bool TableSource(out ulong frame);

/// <summary>Maps the struct pages of sections, and unmaps them (6.12 mm/sparse-vmemmap.c, vmemmap_populate and vmemmap_free).</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
internal sealed class VmemmapPopulation<TArch>(Machine<TArch> machine)
    where TArch : struct, IArchitecture
{
    /// <summary>Frames for the struct pages of one section.</summary>
    public ulong SectionFrames { get; } =
        ((machine.Sections.PageCount * (ulong)machine.Vmemmap.StructPageSize) + (1UL << TArch.PageShift) - 1) >> TArch.PageShift;

    /// <summary>Frames that one block maps.</summary>
    public static ulong BlockFrames => 1UL << (TArch.LevelShift(KernelPageTables<TArch>.BlockLevel) - TArch.PageShift);

    /// <summary>First page of a section's vmemmap.</summary>
    public long FirstPage(int section) =>
        machine.Vmemmap.TryPageOf(machine.Vmemmap.AddressOf((ulong)section << machine.Sections.PagesShift), out long page)
            ? page
            : throw new InconsistentMachineException($"Section {section} is outside vmemmap.");

    /// <summary>Maps neighbouring frames by a block, or by pages.</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="page">The first page of vmemmap.</param>
    /// <param name="frame">The first frame.</param>
    /// <param name="count">Frames: whole blocks where blocks are to map them.</param>
    /// <param name="blocks">Whether blocks map them.</param>
    /// <param name="tables">Where tables come from.</param>
    /// <returns>False if a table was needed and there was no frame for it; what is mapped stays mapped.</returns>
    public bool TryMap(Cpu<TArch> cpu, long page, ulong frame, ulong count, bool blocks, TableSource tables)
    {
        ulong step = blocks ? BlockFrames : 1;
        for (ulong i = 0; i < count; i += step)
        {
            if (!TryMapOne(cpu, page + (long)i, frame + i, blocks, tables))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Unmaps a section's vmemmap. Nothing is flushed and nothing freed yet.</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="section">The section.</param>
    /// <param name="frames">Gets the frames that were mapped.</param>
    /// <param name="tables">Gets the tables that map nothing any more.</param>
    public void Unmap(Cpu<TArch> cpu, int section, List<ulong> frames, List<ulong> tables)
    {
        long page = FirstPage(section);
        long end = page + (long)SectionFrames;
        Span<ulong> addresses = stackalloc ulong[TArch.LevelCount];
        while (page < end)
        {
            var path = new EntryPath<TArch>(machine.PageTables, page, addresses);
            if (TArch.Classify(path.Level, path.Entry) == EntryKind.Leaf)
            {
                ulong frame = TArch.PhysicalAddress(path.Level, path.Entry, 0) >> TArch.PageShift;
                for (ulong i = 0; i < 1UL << (TArch.LevelShift(path.Level) - TArch.PageShift); i++)
                {
                    frames.Add(frame + i);
                }

                machine.PageTables.Clear(cpu, path[path.Level]);
            }

            // Nothing there: when tables ran short in the middle, the last of them may have nothing in it yet.
            path.ClearEmptyTables(cpu, path.Level, tables);
            page = machine.PageTables.EndOf(page, path.Level);
        }
    }

    private bool TryMapOne(Cpu<TArch> cpu, long page, ulong frame, bool block, TableSource tables)
    {
        int level = block ? KernelPageTables<TArch>.BlockLevel : KernelPageTables<TArch>.LastLevel;
        EntryPlace place;
        while ((place = machine.PageTables.FindOn(page, level)).Level < level)
        {
            if (!tables(out ulong made))
            {
                return false;
            }

            machine.Memory.FillFrame(made, default);

            // A table that maps nothing yet changes no translation but that this page has none.
            machine.PageTables.WriteTable(cpu, place.Address, place.Level, page, page, made << TArch.PageShift);
        }

        if (block)
        {
            machine.PageTables.WriteBlock(cpu, place.Address, page, frame);
        }
        else
        {
            machine.PageTables.WritePage(cpu, place.Address, page, KernelPageTables<TArch>.MakePage(frame, writable: true));
        }

        return true;
    }
}
