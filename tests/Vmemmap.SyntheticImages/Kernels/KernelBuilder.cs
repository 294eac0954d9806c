using System.Text;

namespace Vmemmap.SyntheticImages;

/// <summary>Puts a machine together: decides what is where, writes it all, and says what a reader must find.</summary>
internal sealed class KernelBuilder
{
    private readonly SyntheticKernel _kernel;
    private readonly MachineGeometry _machine;
    private readonly AddressSpace _space;
    private readonly PhysicalMemory _memory;
    private readonly FrameAllocator _frames;
    private readonly VmemmapMap _map;
    private readonly SectionTable _sections;
    private readonly NodeTable _nodes;
    private readonly HugePagePopulation _hugePages;
    private readonly IEntryFormat _format;
    private readonly PageTableWriter _tables;
    private readonly MemoryRange _image;

    internal KernelBuilder(SyntheticKernel kernel)
    {
        _kernel = kernel;
        _machine = kernel.Machine;
        _space = AddressSpace.Of(kernel);
        _memory = new PhysicalMemory(_machine.PageShift);
        _frames = new FrameAllocator(kernel.EffectiveRam[^1]);
        _map = new VmemmapMap(_machine);
        _sections = new SectionTable(kernel, _space, _memory, _frames);
        _nodes = new NodeTable(kernel, _space, _memory, _frames);
        _hugePages = new HugePagePopulation(kernel, _space, _map, _frames);
        _format = _machine.Family switch
        {
            CpuFamily.X64 => new X64EntryFormat(kernel),
            CpuFamily.Arm64 => new Arm64EntryFormat(kernel),
            _ => new RiscV64EntryFormat(),
        };
        Root = kernel.EffectiveKernelPhysical + AddressSpace.RootOffset;
        _tables = new PageTableWriter(_machine, _memory, _frames, _format, Root);
        _image = new MemoryRange(kernel.EffectiveKernelPhysical, RoundUp(AddressSpace.ImageLength + _sections.StaticLength, 2UL << 20));
    }

    private ulong Root { get; }

    internal SyntheticImage Build()
    {
        PopulateVmemmap();
        WriteSectionsAndNodes();
        MapKernel();
        MapVmemmap();
        WriteStructPages();
        CheckPlaces();

        string text = VmcoreInfoText.Write(_kernel, _space, _sections, _nodes);
        WriteVmcoreInfo(text);
        Expected expected = new ExpectedReport(_kernel, _space, _map, _nodes).Compute();
        foreach (ulong pfn in _kernel.AbsentStructPages)
        {
            _memory.Remove(_map.FrameOf(StructPage(pfn))!.Value);
        }

        _kernel.Edit?.Invoke(new PageTableEditor(_machine, _memory, _tables, _format, _space.Vmemmap, _kernel.StructPageSize));
        return new SyntheticImage(_kernel, _space, _memory, _map, Root, text, expected);
    }

    private void PopulateVmemmap()
    {
        VmemmapPopulation population = new(_kernel, _space, _map, _frames);
        foreach (MemoryRange range in _kernel.EffectiveRam)
        {
            population.AddRam(range);
        }

        foreach (MemoryRange block in _kernel.SelfHostedBlocks)
        {
            population.AddSelfHosted(block);
        }

        foreach (MemoryRange block in _kernel.OfflineBlocks)
        {
            population.AddRam(block);
        }

        foreach (ulong pfn in _kernel.SplitAt)
        {
            _map.Split(StructPage(pfn));
        }

        foreach (HugePageRequest page in _kernel.HugePages)
        {
            _hugePages.Add(page);
        }

        foreach (RestoredPageRequest page in _kernel.RestoredPages)
        {
            _hugePages.Add(page);
        }

        if (_kernel.WholeVmemmap)
        {
            IncludeVmemmap();
        }

        foreach (DaxDeviceRequest device in _kernel.DaxDevices)
        {
            population.AddDevice(device);
        }
    }

    private void IncludeVmemmap()
    {
        foreach (var (address, table) in _map.Tables)
        {
            for (ulong offset = 0; offset < 1UL << _machine.LastTableShift; offset += _machine.PageSize)
            {
                if (_map.FrameOf(address + offset) is ulong frame)
                {
                    _memory.Include(frame);
                }
            }
        }
    }

    private void WriteSectionsAndNodes()
    {
        ulong end = 0;
        foreach (MemoryRange range in _kernel.EffectiveRam)
        {
            _sections.Add(range, SectionFlags.Boot);
            end = Math.Max(end, range.End);
        }

        foreach (MemoryRange block in _kernel.SelfHostedBlocks)
        {
            _sections.Add(block, SectionFlags.HotAdded);
            end = Math.Max(end, block.End);
        }

        foreach (MemoryRange block in _kernel.OfflineBlocks)
        {
            _sections.Add(block, SectionFlags.Offline);
            end = Math.Max(end, block.End);
        }

        foreach (DaxDeviceRequest device in _kernel.DaxDevices)
        {
            _sections.Add(device.Range, SectionFlags.Device);
        }

        _sections.Write();
        ulong start = _kernel.EffectiveRam[0].Start;
        _nodes.Write(new MemoryRange(start, end - start));
    }

    private void MapKernel()
    {
        foreach (MemoryRange range in _kernel.EffectiveRam
            .Concat(_kernel.SelfHostedBlocks)
            .Concat(_kernel.OfflineBlocks)
            .Concat(_kernel.DaxDevices.Select(device => device.Range)))
        {
            _tables.MapRange(range.Start + _space.Linear, range, MappingKind.Linear);
        }

        _tables.MapRange(_image.Start + _space.Image, _image, MappingKind.Image);
    }

    private void MapVmemmap()
    {
        foreach (var (address, table) in _map.Tables)
        {
            if (table.SharedWith is not null)
            {
                continue;
            }

            if (table.Frames is null)
            {
                _tables.MapLeaf(_machine.LastLevel - 1, address, table.Block, MappingKind.Vmemmap);
                continue;
            }

            for (int i = 0; i < table.Frames.Length; i++)
            {
                if (table.Frames[i] != VmemmapTable.Unmapped)
                {
                    MappingKind kind = table.Alias[i] ? MappingKind.VmemmapAlias : MappingKind.Vmemmap;
                    _tables.MapLeaf(_machine.LastLevel, address + ((ulong)i << _machine.PageShift), table.Frames[i], kind);
                }
            }
        }

        foreach (var (address, table) in _map.Tables.Where(pair => pair.Value.SharedWith is not null))
        {
            _tables.ShareTable(_machine.LastLevel, address, table.SharedWith!.Value);
        }
    }

    private void WriteStructPages()
    {
        StructPageWriter writer = new(_kernel, _space, _map, _memory);
        foreach (CompoundPageRequest page in _kernel.CompoundPages)
        {
            writer.WriteCompoundPage(page.HeadPfn, page.Order, 1UL << page.Order);
        }

        foreach (RestoredPageRequest page in _kernel.RestoredPages.Where(page => page.StaleHeads))
        {
            ulong perPage = _machine.PageSize / _kernel.StructPageSize;
            for (ulong pfn = perPage; pfn < page.Size >> _machine.PageShift; pfn += perPage)
            {
                writer.WriteStaleHead(page.HeadPfn + pfn, writer.OrderOf(page.Size), page.KeepsHeadFlag);
            }
        }

        foreach (HugePageRequest page in _kernel.HugePages)
        {
            writer.WriteHugePage(page, page.Flag ?? page.Optimized);
        }

        foreach (var (key, frame) in _hugePages.SharedTails)
        {
            writer.WriteTails(frame, 0, writer.OrderOf(key.Size));
        }

        // A device's struct pages are initialised on the two frames that are there, and only there.
        ulong initialised = 2 * (_machine.PageSize / _kernel.StructPageSize);
        foreach (DaxDeviceRequest device in _kernel.DaxDevices)
        {
            for (ulong start = device.Range.Start; start < device.Range.End; start += device.Align)
            {
                writer.WriteCompoundPage(start >> _machine.PageShift, writer.OrderOf(device.Align), initialised);
            }
        }
    }

    private void WriteVmcoreInfo(string text)
    {
        // Something that a scan may stumble over: the name alone, as it is in the kernel's strings.
        _memory.Write(_image.Start + AddressSpace.StringOffset, "VMCOREINFO\0\0VMCOREINFO=%p\0"u8);
        if (_kernel.VmcoreInfo == VmcoreInfoPlace.Nowhere)
        {
            return;
        }

        // vmcoreinfo_data and vmcoreinfo_note, a page or two each.
        byte[] data = Encoding.ASCII.GetBytes(text);
        byte[] note = ElfNote.Encode("VMCOREINFO", 0, data);
        _memory.Write(_frames.Take(RoundUp((ulong)data.Length, _machine.PageSize), _machine.PageSize), data);
        _memory.Write(_frames.Take(RoundUp((ulong)note.Length, _machine.PageSize), _machine.PageSize), note);
    }

    /// <summary>A machine whose huge pages lie under its own kernel would prove nothing.</summary>
    private void CheckPlaces()
    {
        MemoryRange[] own = [_frames.Used, _image];
        MemoryRange[] ram = [.. _kernel.EffectiveRam, .. _kernel.SelfHostedBlocks];
        foreach (HugePageRequest page in _kernel.HugePages)
        {
            MemoryRange range = new(page.HeadPfn << _machine.PageShift, page.Size);
            if (range.Start % page.Size != 0 || !ram.Any(part => part.Contains(range)) || own.Any(range.Overlaps))
            {
                throw new InvalidOperationException($"The huge page at 0x{range.Start:x} is not aligned, not in RAM or over the kernel.");
            }
        }

        if (!_kernel.EffectiveRam.Any(part => part.Contains(_image)))
        {
            throw new InvalidOperationException($"The kernel image at 0x{_image.Start:x} is not in RAM.");
        }
    }

    private ulong StructPage(ulong pfn) => _space.Vmemmap + (pfn * _kernel.StructPageSize);

    private static ulong RoundUp(ulong value, ulong alignment) => (value + alignment - 1) & ~(alignment - 1);
}
