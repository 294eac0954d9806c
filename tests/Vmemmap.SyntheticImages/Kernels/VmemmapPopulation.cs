namespace Vmemmap.SyntheticImages;

/// <summary>Gives every section its struct pages, the way the kernel does at boot and on hot-add (mm/sparse-vmemmap.c).</summary>
internal sealed class VmemmapPopulation(SyntheticKernel kernel, AddressSpace space, VmemmapMap map, FrameAllocator frames)
{
    private readonly MachineGeometry _machine = kernel.Machine;

    private ulong BlockSize => 1UL << _machine.LastTableShift;

    /// <summary>RAM: whole sections, even where RAM ends inside one.</summary>
    internal void AddRam(MemoryRange range)
    {
        ulong section = 1UL << _machine.SectionShift;
        for (ulong start = range.Start & ~(section - 1); start < range.End; start += section)
        {
            AddSection(start, bytes => frames.Take(bytes, _machine.MapsVmemmapByBlocks ? BlockSize : _machine.PageSize));
        }
    }

    /// <summary>Hot-added RAM that keeps its struct pages at its own start.</summary>
    internal void AddSelfHosted(MemoryRange block)
    {
        ulong next = block.Start;
        for (ulong start = block.Start; start < block.End; start += 1UL << _machine.SectionShift)
        {
            AddSection(start, bytes =>
            {
                ulong chunk = next;
                next += bytes;
                return chunk;
            });
        }
    }

    /// <summary>A deduplicated device (vmemmap_populate_compound_pages).</summary>
    internal void AddDevice(DaxDeviceRequest device)
    {
        for (ulong done = 0; done < device.Range.Length; done += device.Align)
        {
            AddCompoundPage(AddressOf(device.Range.Start + done), device);
        }
    }

    private ulong AddressOf(ulong physicalAddress) => space.Vmemmap + ((physicalAddress >> _machine.PageShift) * kernel.StructPageSize);

    private void AddCompoundPage(ulong first, DaxDeviceRequest device)
    {
        ulong end = first + ((device.Align >> _machine.PageShift) * kernel.StructPageSize);
        ulong head = frames.Take(_machine.PageSize, _machine.PageSize);
        ulong tail = frames.Take(_machine.PageSize, _machine.PageSize);
        for (ulong page = first; page < end; page += _machine.PageSize)
        {
            if (device.SharesTables && page - first >= 2 * BlockSize)
            {
                map.Share(page, first + BlockSize);
                page += BlockSize - _machine.PageSize;
                continue;
            }

            ulong frame = page == first ? head : tail;
            map.MapPage(page, () => frame);
        }
    }

    private void AddSection(ulong start, Func<ulong, ulong> take)
    {
        ulong step = _machine.MapsVmemmapByBlocks ? BlockSize : _machine.PageSize;
        ulong first = AddressOf(start) & ~(step - 1);
        ulong last = AddressOf(start + (1UL << _machine.SectionShift)) - 1;
        if (_machine.MapsVmemmapByBlocks)
        {
            for (ulong page = first; page <= last; page += step)
            {
                map.MapBlock(page, () => take(step));
            }

            return;
        }

        // Page by page, but from one piece of memory.
        ulong chunk = take((last - first + step) & ~(step - 1));
        for (ulong page = first; page <= last; page += step)
        {
            ulong offset = page - first;
            map.MapPage(page, () => chunk + offset);
        }
    }
}
