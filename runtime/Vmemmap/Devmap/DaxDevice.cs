using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Vmemmap.Simulation;

namespace Vmemmap.Devmap;

/// <summary>
/// A DAX device that is plugged into a machine: its memory has struct pages (ZONE_DEVICE) and no page allocator (6.12 mm/memremap.c,
/// memremap_pages; drivers/dax/device.c).
/// </summary>
/// <remarks>One thread at a time for each device, and none of them while memory is plugged or another device is.</remarks>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
public sealed partial class DaxDevice<TArch>
    where TArch : struct, IArchitecture
{
    private readonly DaxDeviceOptions _options;
    private readonly Altmap? _altmap;
    private readonly CompoundPopulation<TArch>? _compound;
    private readonly PlainPopulation<TArch> _plain;
    private readonly SortedDictionary<int, DevmapPiece> _pieces = [];
    private bool _isPlugged = true;

    private DaxDevice(Machine<TArch> machine, DaxDeviceOptions options)
    {
        Machine = machine;
        _options = options;
        FirstPfn = options.Start >> TArch.PageShift;
        Frames = options.Bytes >> TArch.PageShift;
        int structPageSize = machine.Vmemmap.StructPageSize;
        ulong align = Math.Max(options.Align, 1UL << TArch.PageShift);
        CompoundOrder = BitOperations.Log2(align) - TArch.PageShift;
        _altmap = options.StructPagesOnDevice ? new Altmap(machine.Books, TArch.PageShift, structPageSize, options) : null;
        NotDeduplicated = Deduplication.Of(TArch.PageShift, structPageSize, align, options.StructPagesOnDevice);
        var tables = new DevmapTables<TArch>(machine, options.Node);
        ulong section = 1UL << machine.Sections.PagesShift;
        ulong wholeFirst = (FirstPfn + section - 1) & ~(section - 1);
        ulong wholeEnd = Math.Max(wholeFirst, (FirstPfn + Frames) & ~(section - 1));
        bool whole = wholeFirst < wholeEnd;
        _plain = new PlainPopulation<TArch>(
            machine, tables, options.Node, _altmap, whole ? PageOf(wholeFirst) : 0, whole ? PageOf(wholeEnd - 1) + 1 : 0);
        if (NotDeduplicated == NotDeduplicated.None)
        {
            long pages = Deduplication.PagesOf(TArch.PageShift, structPageSize, align);
            _compound = new CompoundPopulation<TArch>(machine, tables, options.Node, PageOf(FirstPfn), pages, options.SharesTables);
        }
    }

    /// <summary>The machine.</summary>
    public Machine<TArch> Machine { get; }

    /// <summary>Its first frame.</summary>
    public ulong FirstPfn { get; }

    /// <summary>Its frames.</summary>
    public ulong Frames { get; }

    /// <summary>The first frame for data: behind those that hold struct pages, if any do (pfn_first).</summary>
    public ulong DataPfn => FirstPfn + (_altmap?.Offset ?? 0);

    /// <summary>Frames for data.</summary>
    public ulong DataFrames => Frames - (_altmap?.Offset ?? 0);

    /// <summary>log2 of the frames of a compound page; 0: base pages (pgmap->vmemmap_shift).</summary>
    public int CompoundOrder { get; }

    /// <summary>How its struct pages are made and mapped.</summary>
    public DevmapGeometry Geometry => CompoundOrder == 0
        ? DevmapGeometry.Base
        : _options.SharesTables ? DevmapGeometry.CompoundPud : DevmapGeometry.Compound;

    /// <summary>Why its struct pages are not deduplicated.</summary>
    public NotDeduplicated NotDeduplicated { get; }

    /// <summary>Whether its struct pages live on the device itself.</summary>
    public bool StructPagesOnDevice => _altmap is not null;

    /// <summary>
    /// Struct pages that plugging it in initialised: two pages of vmemmap for each compound page where they are
    /// deduplicated, all elsewhere.
    /// </summary>
    public long StructPagesInitialized { get; private set; }

    /// <summary>What is populated, section by section.</summary>
    internal IReadOnlyCollection<DevmapPiece> Pieces => _pieces.Values;

    /// <summary>Address of its dev_pagemap, which is a number here: the kernel's objects are not in the machine's memory.</summary>
    internal ulong Pgmap => 0xffff_c900_0000_0000 + (FirstPfn * sizeof(ulong));

    /// <summary>Plugs a device in: struct pages for every section, one after the other, and then their initialisation.</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="options">The device.</param>
    /// <param name="device">The device.</param>
    /// <returns>False if memory for struct pages or tables is short; the machine is as before then.</returns>
    /// <exception cref="ArgumentException">There can be no such device on this machine.</exception>
    public static bool TryPlug(Cpu<TArch> cpu, DaxDeviceOptions options, [NotNullWhen(true)] out DaxDevice<TArch>? device)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        ArgumentNullException.ThrowIfNull(options);
        DaxDeviceCheck.Check(cpu.Machine, options);
        device = Prepare(cpu.Machine, options);
        foreach (DevmapPiece piece in device.AllPieces())
        {
            if (!device.TryAdd(cpu, piece))
            {
                device.RemoveAll(cpu);
                device = null;
                return false;
            }
        }

        device.Initialize(cpu);
        return true;
    }

    /// <summary>Unplugs it: its struct pages go, and every frame and table they were in.</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <returns>False if a page of it is pinned, which a kernel waits for; nothing changes then.</returns>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    /// <exception cref="InvalidOperationException">It is unplugged already.</exception>
    public bool TryUnplug(Cpu<TArch> cpu)
    {
        CheckUse(cpu);
        if (Pins > 0)
        {
            return false;
        }

        RemoveAll(cpu);
        return true;
    }

    /// <summary>A device whose memory is there, without struct pages yet.</summary>
    internal static DaxDevice<TArch> Prepare(Machine<TArch> machine, DaxDeviceOptions options)
    {
        var device = new DaxDevice<TArch>(machine, options);
        machine.Books.Plug(FrameUse.Device, (long)device.Frames);
        return device;
    }

    /// <summary>The pieces that the whole device has.</summary>
    internal IEnumerable<DevmapPiece> AllPieces()
    {
        ulong end = FirstPfn + Frames;
        for (ulong pfn = FirstPfn; pfn < end;)
        {
            int section = (int)(pfn >> Machine.Sections.PagesShift);
            ulong next = Math.Min(end, (ulong)(section + 1) << Machine.Sections.PagesShift);
            yield return new DevmapPiece(section, pfn, next - pfn);
            pfn = next;
        }
    }

    /// <summary>Populates one piece (sparse_add_section).</summary>
    /// <returns>False if memory is short; nothing of the piece is left then.</returns>
    internal bool TryAdd(Cpu<TArch> cpu, DevmapPiece piece)
    {
        Machine.Sections[piece.Section] =
            new Section(SectionState.Device, _options.Node, ZoneKind.Device, IsSelfHosted: false, IsEarly: false);
        _pieces.Add(piece.Section, piece);
        long page = PageOf(piece.Pfn);
        long end = EndOf(piece);
        if (_compound is null ? _plain.TryMap(cpu, page, end) : _compound.TryMap(cpu, page, end))
        {
            return true;
        }

        Remove(cpu, piece);
        return false;
    }

    /// <summary>Takes one piece apart, whatever others are still there (sparse_remove_section).</summary>
    internal void Remove(Cpu<TArch> cpu, DevmapPiece piece)
    {
        CheckCpu(cpu);
        if (!_pieces.ContainsKey(piece.Section))
        {
            throw new InconsistentMachineException(
                $"Section {piece.Section} of the device at PFN 0x{FirstPfn:x} is removed, and it is not there.");
        }

        new DevmapTeardown<TArch>(Machine, _altmap).Remove(cpu, PageOf(piece.Pfn), EndOf(piece));
        Machine.Sections[piece.Section] = default;
        _pieces.Remove(piece.Section);
    }

    /// <summary>Initialises the struct pages, when all pieces are there.</summary>
    internal void Initialize(Cpu<TArch> cpu)
    {
        long before = cpu.Counters.StructPagesWritten;
        var pages = new DeviceStructPages<TArch>(Machine, _options.Node, Pgmap);
        if (_altmap is not null)
        {
            pages.InitializeAltmap(cpu, FirstPfn + _altmap.Reserve, _altmap.Offset - _altmap.Reserve);
        }

        if (CompoundOrder == 0)
        {
            pages.InitializeBase(cpu, DataPfn, DataFrames);
        }
        else
        {
            ulong own = NotDeduplicated == NotDeduplicated.None
                ? ((ulong)Deduplication.ReservedPages << TArch.PageShift) / (ulong)Machine.Vmemmap.StructPageSize
                : 1UL << CompoundOrder;
            for (ulong pfn = DataPfn; pfn < DataPfn + DataFrames; pfn += 1UL << CompoundOrder)
            {
                pages.InitializeCompound(cpu, pfn, CompoundOrder, own);
            }
        }

        StructPagesInitialized = cpu.Counters.StructPagesWritten - before;
    }

    private void RemoveAll(Cpu<TArch> cpu)
    {
        foreach (DevmapPiece piece in _pieces.Values.ToArray())
        {
            Remove(cpu, piece);
        }

        Machine.Books.Plug(FrameUse.Device, -(long)Frames);
        _isPlugged = false;
    }

    // Before anything changes: a CPU of another machine would read and flush there.
    private void CheckCpu(Cpu<TArch> cpu)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        if (!ReferenceEquals(cpu.Machine, Machine))
        {
            throw new ArgumentException($"CPU {cpu.Number} is another machine's than the device at PFN 0x{FirstPfn:x}.", nameof(cpu));
        }
    }

    private void CheckUse(Cpu<TArch> cpu)
    {
        CheckCpu(cpu);
        if (!_isPlugged)
        {
            throw new InvalidOperationException($"The device at PFN 0x{FirstPfn:x} is unplugged.");
        }
    }

    private long PageOf(ulong pfn) => Machine.Vmemmap.TryPageOf(Machine.Vmemmap.AddressOf(pfn), out long page)
        ? page
        : throw new InconsistentMachineException($"PFN 0x{pfn:x} is outside vmemmap.");

    private long EndOf(DevmapPiece piece) => PageOf(piece.Pfn + piece.Frames - 1) + 1;
}
