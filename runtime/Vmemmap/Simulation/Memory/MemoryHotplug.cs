using System.Numerics;

namespace Vmemmap.Simulation;

/// <summary>
/// Memory that comes and goes while the machine runs (6.12 mm/memory_hotplug.c, mm/sparse-vmemmap.c), in whole sections. One operation at a time.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
public sealed class MemoryHotplug<TArch>
    where TArch : struct, IArchitecture
{
    private readonly Machine<TArch> _machine;
    private readonly VmemmapPopulation<TArch> _population;

    internal MemoryHotplug(Machine<TArch> machine)
    {
        _machine = machine;
        _population = new VmemmapPopulation<TArch>(machine);
    }

    /// <summary>Plugs memory in and puts it online.</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="start">First physical address, a multiple of a section.</param>
    /// <param name="bytes">Bytes, a multiple of a section.</param>
    /// <param name="node">Its node, one of the machine's.</param>
    /// <param name="zone">Its zone.</param>
    /// <param name="selfHosted">Whether its struct pages are put into its own first frames (memory_hotplug.memmap_on_memory).</param>
    /// <returns>False if memory for struct pages or tables is short; nothing is plugged in then.</returns>
    /// <exception cref="ArgumentException">The range is no whole sections, beyond <see cref="MachineOptions.HotplugLimit"/>, or there already; or the
    /// node does not exist, or the zone is another one's.</exception>
    public bool TryPlug(Cpu<TArch> cpu, ulong start, ulong bytes, int node, ZoneKind zone = ZoneKind.Movable, bool selfHosted = false)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        (int first, int count) = SectionsOf(start, bytes);
        if (node < 0 || node >= _machine.Nodes.Count)
        {
            throw new ArgumentException($"Node {node}: the machine has nodes 0 to {_machine.Nodes.Count - 1}.", nameof(node));
        }

        for (int section = first; section < first + count; section++)
        {
            if (_machine.Sections[section].State != SectionState.Absent)
            {
                throw new ArgumentException($"There is memory at 0x{StartOf(section):x} already.", nameof(start));
            }

            if (zone == ZoneKind.Device)
            {
                throw new ArgumentException($"Memory at 0x{StartOf(section):x} cannot be in zone {zone}: that is a device's, and no page allocator has it.", nameof(zone));
            }

            if (zone != ZoneKind.Movable && zone != Machine<TArch>.ZoneKindOf(PfnOf(section)))
            {
                throw new ArgumentException($"Memory at 0x{StartOf(section):x} cannot be in zone {zone}: 4 GiB is the border.", nameof(zone));
            }
        }

        for (int section = first; section < first + count; section++)
        {
            if (!TryAdd(cpu, section, node, zone, selfHosted))
            {
                for (int added = first; added < section; added++)
                {
                    Remove(cpu, added);
                }

                return false;
            }
        }

        for (int section = first; section < first + count; section++)
        {
            Online(section);
        }

        return true;
    }

    /// <summary>Takes memory out of use. Every frame of it must be free; huge pages are dissolved before.</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="start">First physical address, a multiple of a section.</param>
    /// <param name="bytes">Bytes, a multiple of a section.</param>
    /// <returns>False if a frame is in use; nothing changes then.</returns>
    /// <exception cref="ArgumentException">The range is no whole sections, or not online.</exception>
    public bool TryOffline(Cpu<TArch> cpu, ulong start, ulong bytes)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        (int first, int count) = SectionsOf(start, bytes);
        Require(first, count, SectionState.Online);
        for (int section = first; section < first + count; section++)
        {
            ulong own = OwnFrames(section);
            if (!_machine.PageAllocator.TryTake(PfnOf(section) + own, _machine.Sections.PageCount - own, FrameUse.Offline))
            {
                for (int taken = first; taken < section; taken++)
                {
                    PutBack(taken);
                }

                return false;
            }
        }

        SetState(first, count, SectionState.Offline);

        // Whoever found a frame online before this reads its struct page before this returns.
        _machine.Rcu.Synchronize(cpu);
        return true;
    }

    /// <summary>Puts memory that is offline back into use.</summary>
    /// <param name="start">First physical address, a multiple of a section.</param>
    /// <param name="bytes">Bytes, a multiple of a section.</param>
    /// <exception cref="ArgumentException">The range is no whole sections, or not offline.</exception>
    public void Online(ulong start, ulong bytes)
    {
        (int first, int count) = SectionsOf(start, bytes);
        Require(first, count, SectionState.Offline);
        for (int section = first; section < first + count; section++)
        {
            Online(section);
        }
    }

    /// <summary>Unplugs memory that is offline: its struct pages go, and the frames they were in.</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="start">First physical address, a multiple of a section.</param>
    /// <param name="bytes">Bytes, a multiple of a section.</param>
    /// <exception cref="ArgumentException">The range is no whole sections, or not offline.</exception>
    public void Unplug(Cpu<TArch> cpu, ulong start, ulong bytes)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        (int first, int count) = SectionsOf(start, bytes);
        Require(first, count, SectionState.Offline);
        for (int section = first; section < first + count; section++)
        {
            Remove(cpu, section);
        }
    }

    private ulong PfnOf(int section) => (ulong)section << _machine.Sections.PagesShift;

    private ulong StartOf(int section) => PfnOf(section) << TArch.PageShift;

    private ulong OwnFrames(int section) => _machine.Sections[section].IsSelfHosted ? _population.SectionFrames : 0;

    private (int First, int Count) SectionsOf(ulong start, ulong bytes)
    {
        ulong size = _machine.Sections.PageCount << TArch.PageShift;
        ulong end = (ulong)_machine.Sections.Count * size;
        if (bytes == 0 || start % size != 0 || bytes % size != 0 || start > end || bytes > end - start)
        {
            throw new ArgumentException($"{bytes} bytes of memory at 0x{start:x}: whole sections of {size} bytes below 0x{end:x} come and go.", nameof(bytes));
        }

        return ((int)(start / size), (int)(bytes / size));
    }

    private void Require(int first, int count, SectionState state)
    {
        for (int section = first; section < first + count; section++)
        {
            if (_machine.Sections[section].State != state)
            {
                throw new ArgumentException($"The memory at 0x{StartOf(section):x} is {_machine.Sections[section].State}, not {state}.", nameof(first));
            }
        }
    }

    private void SetState(int first, int count, SectionState state)
    {
        for (int section = first; section < first + count; section++)
        {
            _machine.Sections[section] = _machine.Sections[section] with { State = state };
        }
    }

    private void Online(int section)
    {
        _machine.Sections[section] = _machine.Sections[section] with { State = SectionState.Online };
        PutBack(section);
    }

    private void PutBack(int section)
    {
        ulong own = OwnFrames(section);
        ulong pfn = PfnOf(section) + own;
        ulong count = _machine.Sections.PageCount - own;
        _machine.Books.Move(FrameUse.Offline, FrameUse.Free, (long)count);
        _machine.ZoneOf(pfn).FreeRange(pfn, count);
    }

    private bool TryAdd(Cpu<TArch> cpu, int section, int node, ZoneKind zone, bool selfHosted)
    {
        _machine.Sections[section] = new Section(SectionState.Offline, node, zone, selfHosted, IsEarly: false);
        _machine.Books.Plug(FrameUse.Offline, (long)_machine.Sections.PageCount);
        bool mapped = selfHosted ? TryMapOwnFrames(cpu, section, node) : TryMapAllocated(cpu, section, node);
        if (!mapped)
        {
            Remove(cpu, section);
            return false;
        }

        StructPage free = StructPage.Initialized(node, (int)zone, refCount: 0);
        cpu.FillStructPages(PfnOf(section), _machine.Sections.PageCount, in free);
        if (selfHosted)
        {
            StructPage own = StructPage.Initialized(node, (int)zone, refCount: 1);
            own.Flags |= PageFlags.VmemmapSelfHosted;
            cpu.FillStructPages(PfnOf(section), OwnFrames(section), in own);
        }

        return true;
    }

    private bool TryMapOwnFrames(Cpu<TArch> cpu, int section, int node)
    {
        ulong frames = OwnFrames(section);
        _machine.Books.Move(FrameUse.Offline, FrameUse.Vmemmap, (long)frames);
        return _population.TryMap(
            cpu, _population.FirstPage(section), PfnOf(section), frames, _machine.MapsVmemmapByBlocks, (out ulong table) => TryTakeTable(cpu, node, out table));
    }

    // By a block where there is one, else page by page (vmemmap_allocframe_buf and its fallback).
    private bool TryMapAllocated(Cpu<TArch> cpu, int section, int node)
    {
        long page = _population.FirstPage(section);
        ulong left = _population.SectionFrames;
        while (left > 0)
        {
            int blockOrder = BitOperations.Log2(VmemmapPopulation<TArch>.BlockFrames);
            ulong frame = 0;
            bool block = _machine.MapsVmemmapByBlocks
                && _machine.PageAllocator.TryAllocate(cpu, node, blockOrder, AllocationPurpose.VmemmapRestore, thisNode: false, out frame);
            if (!block && !_machine.PageAllocator.TryAllocate(cpu, node, 0, AllocationPurpose.VmemmapRestore, thisNode: false, out frame))
            {
                return false;
            }

            ulong count = block ? VmemmapPopulation<TArch>.BlockFrames : 1;
            if (!_population.TryMap(cpu, page, frame, count, block, (out ulong table) => TryTakeTable(cpu, node, out table)))
            {
                for (ulong i = 0; i < count; i++)
                {
                    _machine.PageAllocator.FreeFrame(cpu, frame + i, FrameUse.Vmemmap);
                }

                return false;
            }

            page += (long)count;
            left -= count;
        }

        return true;
    }

    private bool TryTakeTable(Cpu<TArch> cpu, int node, out ulong table)
    {
        if (!_machine.PageAllocator.TryAllocate(cpu, node, 0, AllocationPurpose.PageTable, thisNode: false, out table))
        {
            return false;
        }

        cpu.Counters.PageTablesAllocated++;
        return true;
    }

    private void Remove(Cpu<TArch> cpu, int section)
    {
        var frames = new List<ulong>();
        var tables = new List<ulong>();
        _population.Unmap(cpu, section, frames, tables);
        long firstPage = _population.FirstPage(section);
        _machine.PageTables.FlushRange(cpu, firstPage, firstPage + (long)_population.SectionFrames - 1);
        foreach (ulong frame in frames)
        {
            Free(cpu, frame, section);
        }

        // All of its own frames, those too that a failed plug had not mapped yet.
        _machine.Books.Move(FrameUse.Vmemmap, FrameUse.Offline, (long)OwnFrames(section));

        foreach (ulong table in tables)
        {
            cpu.Counters.PageTablesFreed++;
            _machine.PageAllocator.FreeFrame(cpu, table, FrameUse.PageTable);
        }

        _machine.Books.Plug(FrameUse.Offline, -(long)_machine.Sections.PageCount);
        _machine.Sections[section] = default;
    }

    private void Free(Cpu<TArch> cpu, ulong frame, int section)
    {
        if (frame >> _machine.Sections.PagesShift == (ulong)section)
        {
            // It was the section's own, and goes with it.
            _machine.Memory.Discard(frame);
            _machine.Frames.Freed(frame);
        }
        else
        {
            _machine.PageAllocator.FreeFrame(cpu, frame, FrameUse.Vmemmap);
        }
    }
}
