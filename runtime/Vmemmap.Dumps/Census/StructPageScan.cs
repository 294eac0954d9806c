using System.Buffers;

namespace Vmemmap.Dumps;

/// <summary>A HugeTLB head that its struct pages prove.</summary>
/// <param name="Pfn">Its PFN.</param>
/// <param name="Hstate">Its size.</param>
/// <param name="OptimizedFlag">HPG_vmemmap_optimized; null if the field is not known.</param>
internal readonly record struct HugetlbHead(ulong Pfn, Hstate Hstate, bool? OptimizedFlag);

/// <summary>
/// One pass over the struct pages of RAM: the HugeTLB heads, the structs that look like heads and are none, and which vmemmap frames
/// the image lacks.
/// </summary>
internal sealed class StructPageScan<TFormat, TMemory>
    where TFormat : struct, IPageTableFormat
    where TMemory : struct, IPhysicalMemory
{
    private const int ChunkPages = 512;
    private const int ReportEvery = 16;

    private readonly KernelImage _kernel;
    private readonly VmemmapMap<TFormat, TMemory> _map;
    private readonly PhysicalImage _image;
    private readonly StructPages<TFormat, TMemory> _pages;
    private readonly StructPageFormat _format;
    private readonly int _pageShift;
    private readonly ulong _step;
    private readonly Dictionary<int, Hstate> _byOrder;
    private readonly List<HugetlbHead> _heads = [];

    private ulong _insideHugePage;
    private int _nextRun;
    private ulong _checkedFrame = ulong.MaxValue;
    private bool _checkedPresent;

    public StructPageScan(KernelImage kernel, VmemmapMap<TFormat, TMemory> map, PhysicalImage image, StructPages<TFormat, TMemory> pages)
    {
        _kernel = kernel;
        _map = map;
        _image = image;
        _pages = pages;
        _format = kernel.StructPages;
        _pageShift = kernel.Architecture.PageShift;
        _byOrder = kernel.Architecture.Hstates.ToDictionary(h => h.Order);
        _step = 1UL << kernel.Architecture.Hstates.Min(h => h.Order);
    }

    /// <summary>The heads, by PFN.</summary>
    public IReadOnlyList<HugetlbHead> Heads => _heads;

    /// <summary>Structs at the start of an unaliased vmemmap page that look like a HugeTLB head and are none.</summary>
    public long StaleHeads { get; private set; }

    /// <summary>Vmemmap pages mapped over RAM.</summary>
    public long MappedPages { get; private set; }

    /// <summary>Those whose frame is not in the image.</summary>
    public long AbsentPages { get; private set; }

    /// <summary>Vmemmap pages over RAM whose entry the architecture reserves, or whose table is absent.</summary>
    public long UnknownPages { get; private set; }

    /// <summary>Address of the first of <see cref="UnknownPages"/>.</summary>
    public ulong FirstUnknownPage { get; private set; }

    /// <summary>Whether a mapped section's mem_section could not be read, so that RAM was assumed.</summary>
    public bool HasUnknownSections { get; private set; }

    /// <summary>Runs the pass.</summary>
    public void Run(IProgress<ImageProgress>? progress)
    {
        Slot[] slots = ArrayPool<Slot>.Shared.Rent(ChunkPages);
        try
        {
            long total = _map.Extents.Sum(BytesOf);
            long done = 0;
            for (int i = 0; i < _map.Extents.Count; i++)
            {
                if ((i & (ReportEvery - 1)) == 0)
                {
                    progress?.Report(new ImageProgress(ImageStage.ReadingStructPages, done, total));
                }

                ScanExtent(_map.Extents[i], slots);
                done += BytesOf(_map.Extents[i]);
            }
        }
        finally
        {
            ArrayPool<Slot>.Shared.Return(slots);
        }
    }

    private long BytesOf(VmemmapExtent extent) => (long)extent.Count << _kernel.Architecture.Levels[extent.Level].Shift;

    private void ScanExtent(in VmemmapExtent extent, Slot[] slots)
    {
        ulong pages = ((ulong)extent.Count << _kernel.Architecture.Levels[extent.Level].Shift) >> _pageShift;
        for (ulong done = 0; done < pages; done += ChunkPages)
        {
            ulong address = extent.Address + (done << _pageShift);
            Span<Slot> chunk = slots.AsSpan(0, (int)Math.Min(ChunkPages, pages - done));
            _map.ReadSlots(address, chunk);
            for (int i = 0; i < chunk.Length; i++)
            {
                ScanPage(address + ((ulong)i << _pageShift), chunk[i]);
            }
        }
    }

    private void ScanPage(ulong address, Slot slot)
    {
        ulong size = (ulong)_format.Size;
        // The first struct that starts in this page: structs of 56 bytes straddle pages.
        ulong pfn = (address - _kernel.VmemmapBase + size - 1) / size;
        SectionInfo section = _kernel.SectionOf(pfn);
        if (slot.State == SlotState.Hole || section.State == SectionState.NotPresent || section.IsDevice)
        {
            return;
        }

        HasUnknownSections |= section.State == SectionState.Unknown;
        MappedPages++;
        if (!slot.IsMapped)
        {
            FirstUnknownPage = UnknownPages == 0 ? address : FirstUnknownPage;
            UnknownPages++;
            return;
        }

        if (!IsPresent(slot.Frame))
        {
            AbsentPages++;
            return;
        }

        if (_format.Mark is null)
        {
            return;
        }

        ulong end = address + (1UL << _pageShift);
        bool startsPage = _pages.AddressOf(pfn) == address;
        for (ulong candidate = (pfn + _step - 1) & ~(_step - 1); _pages.AddressOf(candidate) < end; candidate += _step)
        {
            if (candidate >= _insideHugePage && IsHeadFlag(slot, address, candidate) && TryAddHead(candidate))
            {
                startsPage &= candidate != pfn;
            }
        }

        if (startsPage && !IsInRun(address) && IsHeadFlag(slot, address, pfn) && IsStaleHead(pfn, address, slot))
        {
            StaleHeads++;
        }
    }

    private bool IsPresent(ulong frame)
    {
        // Aliases repeat one frame thousands of times.
        if (frame != _checkedFrame)
        {
            _checkedFrame = frame;
            _checkedPresent = _image.IsPresent(frame, 1UL << _pageShift);
        }

        return _checkedPresent;
    }

    private bool IsHeadFlag(Slot slot, ulong address, ulong pfn) =>
        _image.TryReadEntry(slot.Frame + (_pages.AddressOf(pfn) - address) + (ulong)_format.FlagsOffset, out ulong flags)
        && (flags & _format.HeadMask) != 0;

    private bool TryAddHead(ulong pfn)
    {
        if (_pages.IsMarked(pfn, _format.Mark!) != true
            || _pages.OrderOf(pfn, _format.Mark!) is not { } order
            || !_byOrder.TryGetValue(order, out Hstate hstate)
            || (pfn & ((1UL << order) - 1)) != 0
            || _pages.LeadsTo(pfn + 1, pfn) != true
            || _pages.LeadsTo(pfn + (1UL << order) - 1, pfn) == false)
        {
            return false;
        }

        bool? flag = _format.PrivateOffset >= 0 && _pages.TryRead(pfn, _format.PrivateOffset, out ulong word)
            ? (word & StructPageFormat.OptimizedFlag) != 0
            : null;
        _heads.Add(new HugetlbHead(pfn, hstate, flag));
        _insideHugePage = pfn + (1UL << order);
        return true;
    }

    private bool IsStaleHead(ulong pfn, ulong address, Slot slot) =>
        _pages.IsMarked(pfn, _format.Mark!) == true
        && _pages.LeadsTo(pfn + 1, pfn) == false
        && !IsAliasOfHead(pfn, address, slot);

    /// <summary>Whether the page is inside the last huge page found and maps its head's frame without a neighbour that does.</summary>
    private bool IsAliasOfHead(ulong pfn, ulong address, Slot slot)
    {
        if (_heads.Count == 0 || pfn >= _insideHugePage)
        {
            return false;
        }

        ulong headPage = _pages.AddressOf(_heads[^1].Pfn) & ~((1UL << _pageShift) - 1);
        return headPage != address && _map.SlotAt(headPage) is { IsMapped: true } head && head.Frame == slot.Frame;
    }

    private bool IsInRun(ulong address)
    {
        IReadOnlyList<AliasRun> runs = _map.Runs;
        while (_nextRun < runs.Count && runs[_nextRun].End(_pageShift) <= address)
        {
            _nextRun++;
        }

        return _nextRun < runs.Count && runs[_nextRun].Address <= address;
    }
}
