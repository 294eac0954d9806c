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
    /// <returns>False if a table was needed and there was no frame for it; what is mapped stays mapped.</returns>
    public bool TryMap(long page, ulong frame, ulong count, bool blocks, TableSource tables)
    {
        ulong step = blocks ? BlockFrames : 1;
        for (ulong i = 0; i < count; i += step)
        {
            if (!TryMapOne(machine.Vmemmap.AddressOfPage(page + (long)i), frame + i, blocks, tables))
            {
                return false;
            }

            if (!blocks)
            {
                machine.Frames.SetOwner(frame + i, page + (long)i);
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
        Span<ulong> path = stackalloc ulong[TArch.LevelCount];
        while (page < end)
        {
            int level = Descend(page, path);
            ulong entry = machine.PageTables.Read(path[level]);
            if (TArch.Classify(level, entry) == EntryKind.Leaf)
            {
                ulong frame = TArch.PhysicalAddress(level, entry, 0) >> TArch.PageShift;
                for (ulong i = 0; i < 1UL << (TArch.LevelShift(level) - TArch.PageShift); i++)
                {
                    frames.Add(frame + i);
                }

                machine.PageTables.Clear(cpu, path[level]);
            }

            // Nothing there: when tables ran short in the middle, the last of them may have nothing in it yet.
            TakeEmptyTables(cpu, level, path, tables);

            // To the end of the entry, which may be that of the address space: the difference is right all the same.
            ulong address = machine.Vmemmap.AddressOfPage(page);
            ulong next = (address | ((1UL << TArch.LevelShift(level)) - 1)) + 1;
            page += (long)((next - address) >> TArch.PageShift);
        }
    }

    private bool TryMapOne(ulong address, ulong frame, bool block, TableSource tables)
    {
        int leafLevel = block ? KernelPageTables<TArch>.BlockLevel : KernelPageTables<TArch>.LastLevel;
        ulong table = machine.PageTables.Root;
        for (int level = 0; ; level++)
        {
            ulong entryAddress = EntryAddress(table, level, address);
            if (level == leafLevel)
            {
                machine.Memory.WriteWord(entryAddress, TArch.MakeLeaf(level, frame << TArch.PageShift, writable: true));
                return true;
            }

            ulong entry = machine.Memory.ReadWord(entryAddress);
            if (TArch.Classify(level, entry) == EntryKind.NotPresent)
            {
                if (!tables(out ulong made))
                {
                    return false;
                }

                machine.Memory.FillFrame(made, default);
                entry = TArch.MakeTable(made << TArch.PageShift);
                machine.Memory.WriteWord(entryAddress, entry);
            }

            table = TArch.TableAddress(entry);
        }
    }

    private int Descend(long page, Span<ulong> path)
    {
        ulong address = machine.Vmemmap.AddressOfPage(page);
        ulong table = machine.PageTables.Root;
        for (int level = 0; ; level++)
        {
            path[level] = EntryAddress(table, level, address);
            ulong entry = machine.Memory.ReadWord(path[level]);
            if (TArch.Classify(level, entry) != EntryKind.Table)
            {
                return level;
            }

            table = TArch.TableAddress(entry);
        }
    }

    // From the leaf's table up, as long as nothing is left in it. The root stays.
    private void TakeEmptyTables(Cpu<TArch> cpu, int level, Span<ulong> path, List<ulong> tables)
    {
        for (; level > 0; level--)
        {
            ulong bytes = (ulong)sizeof(ulong) << TArch.LevelIndexBits(level);
            ulong table = path[level] & ~((1UL << TArch.PageShift) - 1);
            for (ulong offset = 0; offset < bytes; offset += sizeof(ulong))
            {
                if (machine.Memory.ReadWord(table + offset) != 0)
                {
                    return;
                }
            }

            machine.PageTables.Clear(cpu, path[level - 1]);
            tables.Add(table >> TArch.PageShift);
        }
    }

    private static ulong EntryAddress(ulong table, int level, ulong address) =>
        table + (((address >> TArch.LevelShift(level)) & ((1UL << TArch.LevelIndexBits(level)) - 1)) * sizeof(ulong));
}
