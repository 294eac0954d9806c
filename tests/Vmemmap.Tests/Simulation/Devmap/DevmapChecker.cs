using Vmemmap.Devmap;
using Vmemmap.Simulation;
using Vmemmap.Tests.Manuals;
using Vmemmap.Tests.Simulation.Checking;
using Words = Vmemmap.Tests.Simulation.Checking.StructPageWords;

namespace Vmemmap.Tests.Simulation.Devmap;

/// <summary>
/// Looks at all of a machine that may have devices, with eyes of its own: tables through the walkers written from the manuals, struct pages
/// as raw words, every frame in one place, and as many references to a frame or a table as there are entries that lead to it.
/// </summary>
/// <typeparam name="TArch">The machine's architecture; only its name is used.</typeparam>
internal sealed class DevmapChecker<TArch>
    where TArch : struct, IArchitecture
{
    private readonly Machine<TArch> _machine;
    private readonly VmemmapMap<TArch> _map;
    private readonly FrameCensus _census;
    private readonly MachineWords _words;
    private readonly Dictionary<ulong, long> _owners = [];
    private readonly Dictionary<ulong, HashSet<ulong>> _leaders = [];
    private readonly Dictionary<long, ulong> _tails = [];

    public DevmapChecker(Machine<TArch> machine)
    {
        _machine = machine;
        _map = new VmemmapMap<TArch>(machine);
        _census = new FrameCensus(machine.Memory.FrameCount);
        _words = new MachineWords(machine.Memory);
    }

    private Manual Manual => _map.Manual;

    /// <summary>Checks the machine between two operations.</summary>
    public void Check(params DaxDevice<TArch>[] devices)
    {
        _census.Clear();
        _owners.Clear();
        _leaders.Clear();
        _tails.Clear();
        _map.Walk(_census);
        for (long page = 0; page < _map.Pages; page++)
        {
            CheckPage(page, devices);
        }

        CheckReferences(devices);
        foreach (DaxDevice<TArch> device in devices)
        {
            for (ulong pfn = device.FirstPfn; pfn < device.FirstPfn + device.Frames; pfn++)
            {
                if (_census.Of(pfn) is null)
                {
                    _census.Claim(pfn, FrameUse.Device);
                }
            }
        }

        CheckBooks();
        CheckTlbs();
        Assert.Equal([], _machine.Violations.First);
    }

    /// <summary>Checks every struct page of a device that is whole, as raw words.</summary>
    public void CheckStructPages(DaxDevice<TArch> device, int node = 0)
    {
        _census.Clear();
        _map.Walk(_census);
        ulong place = Words.Place(node, 3) | Words.ReservedFlag;
        ulong size = 1UL << device.CompoundOrder;
        for (ulong pfn = device.DataPfn; pfn < device.DataPfn + device.DataFrames; pfn++)
        {
            ulong index = (pfn - device.DataPfn) % size;
            ulong head = _map.AddressOf(pfn - index);
            bool isHead = index == 0;
            Expect(pfn, Words.Flags, place | (isHead && size > 1 ? Words.HeadFlag : 0) | (index == 1 ? (ulong)device.CompoundOrder : 0));
            Expect(pfn, Words.Info, isHead ? device.Pgmap : head | 1);
            Expect(pfn, Words.TypeAndReferences, Words.NoTypeNoReferences | (isHead ? 1UL << 32 : 0));
            if (index >= 3)
            {
                Expect(pfn, Words.Mapping, Words.TailMapping);
            }
        }
    }

    private void Expect(ulong pfn, ulong offset, ulong expected)
    {
        if (_map.Word(pfn, offset) is var word && word != expected)
        {
            Assert.Fail($"The struct page of 0x{pfn:x} has 0x{word:x} at offset {offset}, not 0x{expected:x}.");
        }
    }

    private void CheckPage(long page, DaxDevice<TArch>[] devices)
    {
        ulong frame = _map.Frame(page);
        ulong pfn = ((ulong)page << Manual.PageShift) / _map.StructPageSize;
        DaxDevice<TArch>? device = devices.FirstOrDefault(
            device => device.Pieces.Any(piece => FirstPageOf(piece) <= page && page <= LastPageOf(piece)));
        bool wanted = device is not null || _machine.Sections.Of(pfn).State == SectionState.Online;
        if (wanted != (frame != VmemmapMap<TArch>.Unmapped))
        {
            string what = wanted ? "mapped to nothing" : $"mapped to 0x{frame:x}, and there is nothing that it could hold";
            Assert.Fail($"Page {page} of vmemmap is {what}.");
        }

        if (!wanted)
        {
            return;
        }

        if (!_map.IsWritable(page))
        {
            Assert.Fail($"Page {page} of vmemmap is read-only.");
        }

        if (device is not null)
        {
            NoteLeaders(page, frame);
        }

        if (device is { NotDeduplicated: NotDeduplicated.None } && IndexOf(device, page) is >= 1 and var index)
        {
            // All but the first page of a compound page are one frame, whichever of them are still there.
            long head = page - index;
            if (_tails.TryGetValue(head, out ulong tail))
            {
                if (tail != frame)
                {
                    Assert.Fail(
                        $"Page {page} of vmemmap, of the compound page at page {head}, maps 0x{frame:x} and not its tail page 0x{tail:x}.");
                }

                return;
            }

            _tails.Add(head, frame);
        }

        if (!_owners.TryAdd(frame, page))
        {
            Assert.Fail($"Frame 0x{frame:x} is mapped by page {_owners[frame]} of vmemmap and by page {page}.");
        }

        _census.Claim(frame, FrameUse.Vmemmap);
    }

    private long FirstPageOf(DevmapPiece piece) => _map.PageOf(_map.AddressOf(piece.Pfn));

    private long LastPageOf(DevmapPiece piece) => _map.PageOf(_map.AddressOf(piece.Pfn + piece.Frames) - 1);

    private long IndexOf(DaxDevice<TArch> device, long page)
    {
        long pages = (long)((_map.StructPageSize << device.CompoundOrder) >> Manual.PageShift);
        return (page - _map.PageOf(_map.AddressOf(device.FirstPfn))) % pages;
    }

    // The entry that maps the page leads to its frame, and the entry above it to its table.
    private void NoteLeaders(long page, ulong frame)
    {
        ulong address = _machine.Vmemmap.Start + ((ulong)page << Manual.PageShift);
        List<ulong> path = [];
        Outcome outcome = Manual.Walk(_words, _machine.PageTables.Root, address, path);
        Note(frame, outcome.EntryAddress);
        for (int level = 1; level < path.Count; level++)
        {
            Note(path[level] >> Manual.PageShift, path[level - 1] + ((ulong)Manual.Index(level - 1, address) * 8));
        }

        void Note(ulong to, ulong from)
        {
            if (!_leaders.TryGetValue(to, out HashSet<ulong>? entries))
            {
                _leaders.Add(to, entries = []);
            }

            entries.Add(from);
        }
    }

    private void CheckReferences(DaxDevice<TArch>[] devices)
    {
        foreach ((ulong frame, HashSet<ulong> entries) in _leaders)
        {
            // Boot memory has references of its own (bootmem info), and frames of a device none.
            bool counted = _machine.Sections.Of(frame).State == SectionState.Online
                && (_map.Word(frame, Words.Flags) & Words.ReservedFlag) == 0;
            if (counted && (int)(_map.Word(frame, Words.TypeAndReferences) >> 32) is var references && references != entries.Count)
            {
                Assert.Fail($"Frame 0x{frame:x} has {references} references, and {entries.Count} entries lead to it.");
            }
        }
    }

    private void CheckBooks()
    {
        long nowhere = 0;
        for (ulong pfn = _census.NextUnknown(0);
            pfn < _machine.Memory.FrameCount;
            pfn = pfn < _machine.Memory.FrameCount ? _census.NextUnknown(pfn) : pfn)
        {
            if (_machine.Sections.Of(pfn).State != SectionState.Online)
            {
                pfn = ((pfn >> _machine.Sections.PagesShift) + 1) << _machine.Sections.PagesShift;
            }
            else if (_machine.ZoneOf(pfn).TryFreeBlockOf(pfn, out ulong block, out int order))
            {
                _census.Claim(block, 1UL << order, FrameUse.Free);
                pfn = block + (1UL << order);
            }
            else
            {
                nowhere++;
                pfn++;
            }
        }

        Assert.Equal(0, nowhere);
        foreach (FrameUse use in Enum.GetValues<FrameUse>())
        {
            if (_machine.Books[use] != _census[use])
            {
                Assert.Fail($"The books have {_machine.Books[use]} frames as {use}, and {_census[use]} are found.");
            }
        }

        Assert.Equal(_census[FrameUse.Free], _machine.FreeByOrder().Select((blocks, order) => blocks << order).Sum());
    }

    private void CheckTlbs()
    {
        foreach (Cpu<TArch> cpu in _machine.Cpus)
        {
            for (long page = 0; page < _map.Pages; page++)
            {
                if (cpu.TryPeekTlb(page, out TlbEntry entry) && entry.Frame != _map.Frame(page))
                {
                    Assert.Fail(
                        $"CPU {cpu.Number} has page {page} of vmemmap on frame 0x{entry.Frame:x}, the tables on 0x{_map.Frame(page):x}.");
                }
            }
        }
    }
}
