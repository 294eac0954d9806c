namespace Vmemmap.Simulation;

/// <summary>What the kernel does to memory before anything else: sections, vmemmap and its tables, struct pages, the page allocator.</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
internal sealed class Boot<TArch>(Machine<TArch> machine, IReadOnlyList<BootHugePage> hugePages)
    where TArch : struct, IArchitecture
{
    private readonly List<ulong> _tables = [machine.PageTables.Root >> TArch.PageShift];
    private readonly Dictionary<int, ulong> _vmemmap = [];
    private readonly VmemmapPopulation<TArch> _population = new(machine);

    /// <summary>Boots.</summary>
    public void Run()
    {
        foreach (NodeMemory memory in machine.Options.Memory)
        {
            Present(memory);
        }

        machine.Books.Plug(FrameUse.Free, machine.Options.Memory.Sum(memory => (long)(memory.Bytes >> TArch.PageShift)));
        machine.Books.Move(FrameUse.Free, FrameUse.HugePage, hugePages.Sum(page => 1L << page.Order));

        foreach (NodeMemory memory in machine.Options.Memory)
        {
            TakeVmemmap(memory);
        }

        foreach ((int section, ulong frames) in _vmemmap)
        {
            Populate(section, frames);
        }

        InitializeStructPages();
        FreeTheRest();
        Settle();
    }

    private void Present(NodeMemory memory)
    {
        for (ulong pfn = memory.Start >> TArch.PageShift; pfn < (memory.Start + memory.Bytes) >> TArch.PageShift; pfn += machine.Sections.PageCount)
        {
            machine.Sections[(int)(pfn >> machine.Sections.PagesShift)] =
                new Section(SectionState.Online, memory.Node, Machine<TArch>.ZoneKindOf(pfn), IsSelfHosted: false, IsEarly: true);
        }
    }

    private void TakeVmemmap(NodeMemory memory)
    {
        // One piece for a node, as sparse_buffer_init takes it, so that blocks and freed frames are next to each other.
        ulong sections = (memory.Bytes >> TArch.PageShift) / machine.Sections.PageCount;
        ulong alignment = machine.MapsVmemmapByBlocks ? VmemmapPopulation<TArch>.BlockFrames : 1;
        ulong first = machine.BootMemory.Take(memory.Node, sections * _population.SectionFrames, alignment);
        int section = (int)((memory.Start >> TArch.PageShift) >> machine.Sections.PagesShift);
        for (ulong i = 0; i < sections; i++)
        {
            _vmemmap.Add(section + (int)i, first + (i * _population.SectionFrames));
        }

        machine.Books.Move(FrameUse.Free, FrameUse.Vmemmap, (long)(sections * _population.SectionFrames));
    }

    private void Populate(int section, ulong frame)
    {
        int node = machine.Sections[section].Node;
        _population.TryMap(machine.Cpus[0], _population.FirstPage(section), frame, _population.SectionFrames, machine.MapsVmemmapByBlocks, TakeTable);

        bool TakeTable(out ulong table)
        {
            table = machine.BootMemory.Take(node, 1, 1);
            _tables.Add(table);
            return true;
        }
    }

    private void InitializeStructPages()
    {
        Cpu<TArch> cpu = machine.Cpus[0];
        foreach (int section in _vmemmap.Keys)
        {
            Section facts = machine.Sections[section];
            StructPage page = StructPage.Initialized(facts.Node, (int)facts.Zone, refCount: 0);
            cpu.FillStructPages((ulong)section << machine.Sections.PagesShift, machine.Sections.PageCount, in page);
        }

        foreach ((int section, ulong frame) in _vmemmap)
        {
            // The piece may lie over the border of two zones, which is one of sections.
            ulong end = frame + _population.SectionFrames;
            for (ulong pfn = frame; pfn < end;)
            {
                ulong stop = Math.Min(end, ((pfn >> machine.Sections.PagesShift) + 1) << machine.Sections.PagesShift);
                StructPage page = machine.BootMemory.Registered(pfn, section);
                cpu.FillStructPages(pfn, stop - pfn, in page);
                pfn = stop;
            }
        }

        foreach (ulong table in _tables)
        {
            StructPage page = machine.BootMemory.Reserved(table);
            cpu.WriteStructPage(table, in page);
        }

        machine.Books.Move(FrameUse.Free, FrameUse.PageTable, _tables.Count);
        foreach (BootHugePage page in hugePages)
        {
            // Nobody has initialised them: they read as the zeros that fresh memory has.
            cpu.FillStructPages(page.Pfn, 1UL << page.Order, default);
        }
    }

    private void FreeTheRest()
    {
        foreach ((ulong first, ulong end) in machine.BootMemory.Left())
        {
            for (ulong pfn = first; pfn < end;)
            {
                Zone zone = machine.ZoneOf(pfn);
                ulong stop = pfn;
                while (stop < end && machine.ZoneOf(stop) == zone)
                {
                    stop = Math.Min(end, ((stop >> machine.Sections.PagesShift) + 1) << machine.Sections.PagesShift);
                }

                zone.FreeRange(pfn, stop - pfn);
                pfn = stop;
            }
        }
    }

    // What booting did is not what is measured.
    private void Settle()
    {
        foreach (Cpu<TArch> cpu in machine.Cpus)
        {
            cpu.FlushAll();
            cpu.Counters = default;
        }

        machine.Books.MarkLowestFree();
    }
}
