using System.Numerics;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Words = Vmemmap.Tests.Simulation.Checking.StructPageWords;

namespace Vmemmap.Tests.Simulation.Checking;

/// <summary>
/// Looks at all of a machine with eyes of its own: page tables through the walkers written from the manuals, struct pages as raw words, and
/// the books against a count of every frame. One for a machine; it may be used after every operation.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">The layout; only which of the three shapes it is.</typeparam>
internal sealed class MachineChecker<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private readonly VmemmapRemapper<TArch> _vmemmap;
    private readonly Machine<TArch> _machine;
    private readonly VmemmapMap<TArch> _map;
    private readonly FrameCensus _census;
    private readonly long[] _owners;
    private readonly Folio?[] _folioOfPage;
    private readonly bool _readOnlyExists = !TArch.Name.StartsWith("riscv64", StringComparison.Ordinal);
    private readonly bool _mayBreak = TArch.Name.StartsWith("arm64", StringComparison.Ordinal);
    private readonly int _kept = TLayout.Layout == VmemmapLayout.ReserveTwo ? 2 : 1;
    private readonly List<(int Cpu, long Page, ulong Frame)> _stale = [];
    private readonly ulong[] _line = new ulong[8];
    private CheckMoment _moment;

    public MachineChecker(VmemmapRemapper<TArch> vmemmap)
    {
        _vmemmap = vmemmap;
        _machine = vmemmap.Machine;
        _map = new VmemmapMap<TArch>(_machine);
        _census = new FrameCensus(_machine.Memory.FrameCount);
        _owners = new long[_machine.Memory.FrameCount];
        _folioOfPage = new Folio?[_map.Pages];
    }

    /// <summary>Base pages with a memory error: where a struct page is its own, exactly these have PG_hwpoison.</summary>
    public HashSet<ulong> Poisoned { get; } = [];

    /// <summary>Checks the machine.</summary>
    /// <param name="folios">All huge pages that have compound struct pages.</param>
    /// <param name="known">Frames that the test, or a pool, has and that are part of none of the folios.</param>
    /// <param name="moment">What is under way.</param>
    public void Check(IReadOnlyList<Folio> folios, IReadOnlyList<KnownFrames>? known = null, CheckMoment moment = CheckMoment.Settled)
    {
        _moment = moment;
        _census.Clear();
        Array.Fill(_owners, -1);
        Array.Clear(_folioOfPage);
        foreach (ulong tail in _vmemmap.SharedTails.Frames.Values)
        {
            _census.Claim(tail, FrameUse.SharedTail);
        }

        _map.Walk(_census);
        foreach (Folio folio in folios)
        {
            _census.Claim(folio.HeadPfn, 1UL << folio.Hstate.Order, FrameUse.HugePage);
            for (long i = 0; i < PagesOf(folio); i++)
            {
                _folioOfPage[FirstPageOf(folio) + i] = folio;
            }
        }

        foreach (KnownFrames frames in known ?? [])
        {
            _census.Claim(frames.Pfn, frames.Count, frames.Use);
        }

        CheckMapping();
        CheckUses();
        CheckTlbs();
        foreach (Folio folio in folios)
        {
            CheckShape(folio);
            CheckHeads(folio);
            CheckStructPages(folio);
        }

        CheckStaleHeads();
        CheckOutsideFolios();
    }

    /// <summary>Whether the tables of a folio are optimized, by what the last check read.</summary>
    public bool IsOptimizedInTables(Folio folio) => CountAliases(folio) is var aliases && aliases > 0 && aliases == PagesOf(folio) - _kept;

    /// <summary>Distinct frames that the vmemmap of a folio takes by what the last check read, shared tails apart.</summary>
    public long FramesOf(Folio folio) => PagesOf(folio) - CountAliases(folio);

    private long FirstPageOf(Folio folio) => _map.PageOf(_map.AddressOf(folio.HeadPfn));

    private long LastPageOf(Folio folio) => _map.PageOf(_map.AddressOf(folio.HeadPfn + (1UL << folio.Hstate.Order)) - 1);

    private long PagesOf(Folio folio) => (long)((_map.StructPageSize << folio.Hstate.Order) >> _map.Manual.PageShift);

    // The frame that the layout has its aliases on.
    private ulong TargetOf(Folio folio) => TLayout.Layout switch
    {
        VmemmapLayout.ReserveTwo => _map.Frame(FirstPageOf(folio) + 1),
        VmemmapLayout.ReserveOne => _map.Frame(FirstPageOf(folio)),
        _ => _vmemmap.SharedTails.Frames.TryGetValue((NodeOf(folio.HeadPfn), (ZoneKind)ZoneOf(folio.HeadPfn), folio.Hstate.Order), out ulong tail)
            ? tail
            : VmemmapMap<TArch>.Unmapped,
    };

    private bool IsAlias(long page)
    {
        Folio? folio = _folioOfPage[page];
        return folio is not null
            && page - FirstPageOf(folio) >= _kept
            && _map.Frame(page) != VmemmapMap<TArch>.Unmapped
            && _map.Frame(page) == TargetOf(folio);
    }

    private long CountAliases(Folio folio)
    {
        long aliases = 0;
        for (long i = _kept; i < PagesOf(folio); i++)
        {
            aliases += IsAlias(FirstPageOf(folio) + i) ? 1 : 0;
        }

        return aliases;
    }

    // Every frame has at most one page that is its own; all others that map it are aliases as the layout has them.
    private void CheckMapping()
    {
        for (long page = 0; page < _map.Pages; page++)
        {
            ulong frame = _map.Frame(page);
            bool wanted = HasStructPages(page);
            if (frame == VmemmapMap<TArch>.Unmapped)
            {
                if (wanted && (_moment == CheckMoment.Settled || !_mayBreak))
                {
                    Assert.Fail($"Page {page} of vmemmap is mapped to nothing.");
                }

                continue;
            }

            if (!wanted)
            {
                Assert.Fail($"Page {page} of vmemmap maps frame 0x{frame:x}, and there is no memory whose struct pages it could hold.");
            }

            bool alias = IsAlias(page);
            if (!alias)
            {
                if (_owners[frame] >= 0)
                {
                    Assert.Fail($"Frame 0x{frame:x} is mapped by page {_owners[frame]} of vmemmap and by page {page}, which is no alias of it.");
                }

                _owners[frame] = page;
                _census.Claim(frame, FrameUse.Vmemmap);
            }

            bool writable = !alias || !_readOnlyExists;
            if (_map.IsWritable(page) != writable)
            {
                Assert.Fail($"Page {page} of vmemmap, {(alias ? "an alias" : "no alias")} on frame 0x{frame:x}, is {(writable ? "read-only" : "writable")}.");
            }
        }
    }

    private bool HasStructPages(long page)
    {
        ulong start = (ulong)page << _map.Manual.PageShift;
        ulong end = start + (1UL << _map.Manual.PageShift) - 1;
        return _machine.Sections.Of(start / _map.StructPageSize).State != SectionState.Absent
            || _machine.Sections.Of(end / _map.StructPageSize).State != SectionState.Absent;
    }

    private void CheckUses()
    {
        long unknown = 0;
        long total = 0;
        for (int section = 0; section < _machine.Sections.Count; section++)
        {
            total += _machine.Sections[section].State == SectionState.Absent ? 0 : (long)_machine.Sections.PageCount;
        }

        // What is used is known by now. A frame that is used and free at once makes the sum of what is free, below, too small.
        ulong pfn = _census.NextUnknown(0);
        while (pfn < _machine.Memory.FrameCount)
        {
            Section section = _machine.Sections.Of(pfn);
            if (section.State == SectionState.Absent)
            {
                pfn = ((pfn >> _machine.Sections.PagesShift) + 1) << _machine.Sections.PagesShift;
            }
            else if (section.State == SectionState.Offline)
            {
                _census.Claim(pfn++, FrameUse.Offline);
            }
            else if (_machine.ZoneOf(pfn).TryFreeBlockOf(pfn, out ulong block, out int order))
            {
                _census.Claim(block, 1UL << order, FrameUse.Free);
                pfn = block + (1UL << order);
            }
            else
            {
                unknown++;
                pfn++;
            }

            pfn = pfn < _machine.Memory.FrameCount ? _census.NextUnknown(pfn) : pfn;
        }

        // What no table shows yet, or any more, must be what the books say is on its way.
        long missing = 0;
        foreach (FrameUse use in Enum.GetValues<FrameUse>())
        {
            long more = _machine.Books[use] - _census[use];
            bool mayBeOnItsWay = _moment != CheckMoment.Settled
                && use is FrameUse.Deferred or FrameUse.Vmemmap or FrameUse.PageTable or FrameUse.SharedTail;
            if (more < 0 || (more > 0 && !mayBeOnItsWay))
            {
                Assert.Fail($"The books have {_machine.Books[use]} frames as {use}, and {_census[use]} are found. {Summary(unknown)}");
            }

            missing += more;
        }

        if (missing != unknown || _machine.Books.Total != total)
        {
            Assert.Fail($"The machine has {total} frames, the books {_machine.Books.Total}; {unknown} are nowhere. {Summary(unknown)}");
        }

        long[] byOrder = _machine.FreeByOrder();
        long free = 0;
        for (int order = 0; order < byOrder.Length; order++)
        {
            free += byOrder[order] << order;
        }

        if (free != _census[FrameUse.Free])
        {
            Assert.Fail($"The free blocks have {free} frames, and {_census[FrameUse.Free]} are free and nothing else: some are in use, too.");
        }
    }

    private string Summary(long unknown) => string.Join(
        ", ", Enum.GetValues<FrameUse>().Select(use => $"{use} {_census[use]}/{_machine.Books[use]}").Append($"nowhere {unknown}"));

    private void CheckTlbs()
    {
        _stale.Clear();
        foreach (Cpu<TArch> cpu in _machine.Cpus)
        {
            for (long page = 0; page < _map.Pages; page++)
            {
                if (cpu.TryPeekTlb(page, out TlbEntry entry))
                {
                    CheckCached(cpu, page, in entry);
                    if (entry.Frame != _map.Frame(page))
                    {
                        _stale.Add((cpu.Number, page, entry.Frame));
                    }
                }
            }
        }
    }

    private void CheckCached(Cpu<TArch> cpu, long page, in TlbEntry entry)
    {
        ulong mapped = _map.Frame(page);
        if (_moment == CheckMoment.Broken && mapped == VmemmapMap<TArch>.Unmapped)
        {
            Assert.Fail($"Page {page} of vmemmap is broken, and CPU {cpu.Number} still has it on frame 0x{entry.Frame:x}.");
        }

        if (_moment == CheckMoment.Settled && (entry.Frame != mapped || entry.IsWritable != _map.IsWritable(page)))
        {
            Assert.Fail(
                $"CPU {cpu.Number} has page {page} of vmemmap on frame 0x{entry.Frame:x}, {(entry.IsWritable ? "writable" : "read-only")};"
                + $" the tables on 0x{mapped:x}, {(_map.IsWritable(page) ? "writable" : "read-only")}.");
        }

        if (_census.Of(entry.Frame) is not (null or FrameUse.Vmemmap or FrameUse.SharedTail))
        {
            Assert.Fail($"CPU {cpu.Number} has page {page} of vmemmap on frame 0x{entry.Frame:x}, which is {_census.Of(entry.Frame)} now.");
        }

        long owner = _owners[entry.Frame];
        if (owner >= 0 && owner != page && (_folioOfPage[page] is null || _folioOfPage[owner] != _folioOfPage[page]))
        {
            Assert.Fail($"CPU {cpu.Number} has page {page} of vmemmap on frame 0x{entry.Frame:x}, which serves page {owner} now.");
        }
    }

    private void CheckShape(Folio folio)
    {
        long aliases = CountAliases(folio);
        if (_moment != CheckMoment.Settled)
        {
            return;
        }

        bool optimized = IsOptimizedInTables(folio);
        if (aliases != 0 && !optimized)
        {
            Assert.Fail($"The folio at 0x{folio.HeadPfn:x} is half optimized: {aliases} aliases among {PagesOf(folio)} pages.");
        }

        bool flag = (_map.Word(folio.HeadPfn, Words.Private) & Words.OptimizedFlag) != 0;
        if (flag != optimized || folio.IsOptimized != optimized)
        {
            Assert.Fail(
                $"The folio at 0x{folio.HeadPfn:x}: tables {(optimized ? "optimized" : "whole")}, HPG_vmemmap_optimized {flag}, IsOptimized {folio.IsOptimized}.");
        }
    }

    private void CheckHeads(Folio folio)
    {
        if (folio.HasUninitializedTails && !folio.IsOptimized)
        {
            return;
        }

        ulong seen = VmemmapMap<TArch>.Unmapped;
        for (long page = FirstPageOf(folio); page <= LastPageOf(folio); page++)
        {
            // Through aliases of a head's page every page sees the same heads: a look at the first is enough.
            ulong frame = _map.Frame(page);
            if (frame != VmemmapMap<TArch>.Unmapped && frame != seen && !HoldsPlainTails(folio, page, frame))
            {
                CheckHeads(folio, page, frame, null);
                seen = IsAlias(page) && TLayout.Layout == VmemmapLayout.ReserveOne ? frame : seen;
            }
        }
    }

    private void CheckStaleHeads()
    {
        foreach ((int cpu, long page, ulong frame) in _stale)
        {
            if (_folioOfPage[page] is { } folio && !(folio.HasUninitializedTails && !folio.IsOptimized) && !HoldsPlainTails(folio, page, frame))
            {
                CheckHeads(folio, page, frame, cpu);
            }
        }
    }

    // All tails of a folio are alike, but for the first three: a page of them is right in every word, and so in its heads.
    private bool HoldsPlainTails(Folio folio, long page, ulong frame)
    {
        if (_map.StructPageSize != 64 || page == FirstPageOf(folio) || PagesOf(folio) == 0)
        {
            return false;
        }

        _line.AsSpan().Clear();
        _line[0] = Words.Place(NodeOf(folio.HeadPfn), ZoneOf(folio.HeadPfn));
        _line[1] = InfoOf(folio);
        _line[3] = Words.TailMapping;
        _line[6] = Words.NoTypeNoReferences;
        return _map.IsFilledWith(frame, _line);
    }

    private void CheckHeads(Folio folio, long page, ulong frame, int? cpu)
    {
        (ulong first, ulong end) = StructPagesOn(folio, page);
        for (ulong pfn = first; pfn < end; pfn++)
        {
            ulong head = HeadOf(pfn, page, frame);
            if (head != folio.HeadPfn)
            {
                Assert.Fail(
                    $"The head of 0x{pfn:x} is 0x{folio.HeadPfn:x}, and {(cpu is null ? "the tables lead" : $"the TLB of CPU {cpu} leads")} to"
                    + $" 0x{head:x}, on frame 0x{frame:x} ({_moment}).");
            }
        }
    }

    // The frames of a folio whose struct pages begin on a page of vmemmap.
    private (ulong First, ulong End) StructPagesOn(Folio folio, long page)
    {
        ulong size = _map.StructPageSize;
        ulong first = (((ulong)page << _map.Manual.PageShift) + size - 1) / size;
        ulong end = (((ulong)(page + 1) << _map.Manual.PageShift) + size - 1) / size;
        return (Math.Max(folio.HeadPfn, first), Math.Min(folio.HeadPfn + (1UL << folio.Hstate.Order), end));
    }

    // compound_head as each generation of the kernel has it.
    private ulong HeadOf(ulong pfn, long page, ulong frame)
    {
        ulong info = _map.Word(pfn, Words.Info, page, frame);
        if ((info & 1) != 0)
        {
            ulong head = UsesMasks ? _map.AddressOf(pfn) & (info - 1) : info - 1;
            return (head - _machine.Vmemmap.Start) / _map.StructPageSize;
        }

        bool mayBeFake = TLayout.Layout == VmemmapLayout.ReserveOne
            && _vmemmap.AliasedFolios > 0
            && (_map.AddressOf(pfn) & ((1UL << _map.Manual.PageShift) - 1)) == 0
            && (_map.Word(pfn, Words.Flags, page, frame) & Words.HeadFlag) != 0;
        if (mayBeFake && _map.Word(pfn + 1, Words.Info, page, frame) is var next && (next & 1) != 0)
        {
            return (next - 1 - _machine.Vmemmap.Start) / _map.StructPageSize;
        }

        return pfn;
    }

    private ulong InfoOf(Folio folio) => UsesMasks
        ? (ulong.MaxValue << (folio.Hstate.Order + BitOperations.Log2(_map.StructPageSize))) | 1
        : _map.AddressOf(folio.HeadPfn) | 1;

    private bool UsesMasks => TLayout.Layout == VmemmapLayout.SharedTail && BitOperations.IsPow2(_map.StructPageSize);

    private void CheckStructPages(Folio folio)
    {
        if (folio.HasUninitializedTails && !folio.IsOptimized)
        {
            return;
        }

        ulong place = Words.Place(NodeOf(folio.HeadPfn), ZoneOf(folio.HeadPfn));
        ulong info = InfoOf(folio);
        ulong headFlags = _map.Frame(FirstPageOf(folio)) == VmemmapMap<TArch>.Unmapped ? place | Words.HeadFlag : _map.Word(folio.HeadPfn, Words.Flags);
        if ((headFlags & Words.HeadFlag) == 0 || headFlags >> 51 != place >> 51)
        {
            Assert.Fail($"The head at 0x{folio.HeadPfn:x} has flags 0x{headFlags:x}: node and zone are to be 0x{place:x}, and PG_head set.");
        }

        for (long page = FirstPageOf(folio); page <= LastPageOf(folio); page++)
        {
            // Aliases of the head's page show the head and the words of its first tails, which are checked where they are.
            ulong frame = _map.Frame(page);
            bool showsHead = TLayout.Layout == VmemmapLayout.ReserveOne && IsAlias(page);
            if (showsHead || frame == VmemmapMap<TArch>.Unmapped || (Poisoned.Count == 0 && HoldsPlainTails(folio, page, frame)))
            {
                continue;
            }

            (ulong first, ulong end) = StructPagesOn(folio, page);
            for (ulong pfn = Math.Max(first, folio.HeadPfn + 1); pfn < end; pfn++)
            {
                CheckTail(folio, pfn, pfn - folio.HeadPfn, place, info, isOwn: !IsAlias(page));
            }
        }
    }

    private void CheckTail(Folio folio, ulong pfn, ulong index, ulong place, ulong info, bool isOwn)
    {
        // _flags_1 has the order in its low byte.
        ulong flags = place | (index == 1 ? (ulong)folio.Hstate.Order : 0) | (isOwn && Poisoned.Contains(pfn) ? Words.PoisonFlag : 0);
        Expect(folio, pfn, Words.Flags, flags);
        Expect(folio, pfn, Words.Info, info);
        Expect(folio, pfn, Words.TypeAndReferences, Words.NoTypeNoReferences);
        if (index >= 4)
        {
            Expect(folio, pfn, Words.Mapping, Words.TailMapping);
            Expect(folio, pfn, Words.Index, 0);
            Expect(folio, pfn, Words.Private, 0);
        }
    }

    private void Expect(Folio folio, ulong pfn, ulong offset, ulong expected)
    {
        ulong word = _map.Word(pfn, offset);
        if (word != expected)
        {
            Assert.Fail(
                $"Tail {pfn - folio.HeadPfn} of the {(folio.IsOptimized ? "optimized" : "whole")} folio at 0x{folio.HeadPfn:x} has 0x{word:x} at offset {offset},"
                + $" not 0x{expected:x} ({_moment}).");
        }
    }

    private void CheckOutsideFolios()
    {
        ulong structPages = (1UL << _map.Manual.PageShift) / _map.StructPageSize;
        for (ulong pfn = 0; pfn < _machine.Memory.FrameCount;)
        {
            ulong frame = _map.Frame(_map.PageOf(_map.AddressOf(pfn)));
            if (_map.StructPageSize == 64 && pfn % structPages == 0 && frame != VmemmapMap<TArch>.Unmapped)
            {
                _line.AsSpan().Clear();
                _line[0] = Words.Place(NodeOf(pfn), ZoneOf(pfn));
                _line[6] = Words.NoTypeNoReferences;
                if (_census.AreAll(pfn, structPages, FrameUse.HugePage)
                    || (_census.AreAll(pfn, structPages, FrameUse.Free) && _map.IsFilledWith(frame, _line)))
                {
                    pfn += structPages;
                    continue;
                }
            }

            if (frame != VmemmapMap<TArch>.Unmapped)
            {
                CheckSinglePage(pfn);
            }

            pfn++;
        }
    }

    private void CheckSinglePage(ulong pfn)
    {
        FrameUse? use = _census.Of(pfn);
        if (use is not (FrameUse.Free or FrameUse.Vmemmap or FrameUse.PageTable or FrameUse.SharedTail))
        {
            return;
        }

        ulong flags = _map.Word(pfn, Words.Flags);
        ulong info = _map.Word(pfn, Words.Info);
        if ((info & 1) != 0 || (flags & Words.HeadFlag) != 0 || flags >> 51 != Words.Place(NodeOf(pfn), ZoneOf(pfn)) >> 51)
        {
            Assert.Fail($"Frame 0x{pfn:x} is {use}; its struct page has flags 0x{flags:x} and compound info 0x{info:x}.");
        }

        if (use == FrameUse.Free && ((flags & Words.ReservedFlag) != 0 || _map.Word(pfn, Words.TypeAndReferences) != Words.NoTypeNoReferences))
        {
            Assert.Fail(
                $"Frame 0x{pfn:x} is free; its struct page has flags 0x{flags:x}, type and references 0x{_map.Word(pfn, Words.TypeAndReferences):x}.");
        }
    }

    private int NodeOf(ulong pfn)
    {
        ulong address = pfn << _map.Manual.PageShift;
        foreach (NodeMemory memory in _machine.Options.Memory)
        {
            if (address - memory.Start < memory.Bytes)
            {
                return memory.Node;
            }
        }

        return _machine.Sections.Of(pfn).Node;
    }

    // ZONE_DMA32 is below 4 GiB; memory that was plugged in says itself where it was put.
    private int ZoneOf(ulong pfn) => _machine.Sections.Of(pfn) is { IsEarly: false } plugged
        ? (int)plugged.Zone
        : pfn << _map.Manual.PageShift < 1UL << 32 ? 0 : 1;
}
