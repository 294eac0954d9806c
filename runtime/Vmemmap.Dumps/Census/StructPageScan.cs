using System.Buffers;

namespace Vmemmap.Dumps;

/// <summary>A HugeTLB head that its struct pages prove.</summary>
/// <param name="Pfn">Its PFN.</param>
/// <param name="Hstate">Its size.</param>
/// <param name="OptimizedFlag">HPG_vmemmap_optimized; null if the field is not known.</param>
/// <param name="PageFlags">Its page flags; null if they are not known.</param>
/// <param name="WasRead">Whether its struct page was read; if not, its aliases alone show it.</param>
/// <remarks>A class, as all that goes into lists here: ReadyToRun has no code of lists over another assembly's structs.</remarks>
internal sealed record HugetlbHead(ulong Pfn, Hstate Hstate, bool? OptimizedFlag, ulong? PageFlags, bool WasRead);

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

    /// <summary>Sections that blocks may cover: half a petabyte of memory.</summary>
    private const long MostStretches = 1 << 22;

    private readonly KernelImage _kernel;
    private readonly VmemmapMap<TFormat, TMemory> _map;
    private readonly PhysicalImage _image;
    private readonly StructPages<TFormat, TMemory> _pages;
    private readonly StructPageFormat _format;
    private readonly int _pageShift;
    private readonly ulong _step;
    private readonly Dictionary<int, Hstate> _byOrder;
    private readonly List<HugetlbHead> _heads = [];

    private ulong _bytesDone;
    private ulong _bytesTotal;
    private long _pagesLeft;
    private long _stretches = MostStretches;
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
        // An image of all memory has the frames of every vmemmap page, each once; a reduced one lacks most of those that it maps.
        _pagesLeft = (long)(image.PresentBytes >> _pageShift) * 512 + (1 << 24);
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
            foreach (VmemmapExtent extent in _map.Extents)
            {
                _bytesTotal += (ulong)extent.Count << _kernel.Architecture.Levels[extent.Level].Shift;
            }

            for (int i = 0; i < _map.Extents.Count; i++)
            {
                if ((i & (ReportEvery - 1)) == 0)
                {
                    Report(progress);
                }

                ScanExtent(_map.Extents[i], slots, progress);
            }
        }
        finally
        {
            ArrayPool<Slot>.Shared.Return(slots);
        }
    }

    private void ScanExtent(in VmemmapExtent extent, Slot[] slots, IProgress<ImageProgress>? progress)
    {
        int shift = _kernel.Architecture.Levels[extent.Level].Shift;
        if (extent.Level == _kernel.Architecture.Levels.Count - 1)
        {
            ScanPages(extent.Address, (ulong)extent.Count, slots);
            _bytesDone += (ulong)extent.Count << shift;
            return;
        }

        for (int i = 0; i < extent.Count; i++)
        {
            ScanBlock(extent.Address + ((ulong)i << shift), 1UL << shift, slots, progress);
        }
    }

    /// <summary>
    /// A block maps up to terabytes with one entry: it is taken a section at a time, and a section whose struct pages are all absent
    /// is counted and not read.
    /// </summary>
    private void ScanBlock(ulong address, ulong length, Slot[] slots, IProgress<ImageProgress>? progress)
    {
        ulong end = address + (length - 1);
        while (address <= end && address >= end - (length - 1))
        {
            if (--_stretches < 0)
            {
                throw TooMuch();
            }

            if ((_stretches & (ReportEvery - 1)) == 0)
            {
                Report(progress);
            }

            ulong stretch = Math.Min(BytesToNextSection(address), end - address + 1);
            ScanStretch(address, stretch >> _pageShift, slots);
            address += stretch;
            _bytesDone += stretch;
        }
    }

    /// <summary>Bytes of vmemmap from an address to the first page of the next section's struct pages, one page at least.</summary>
    private ulong BytesToNextSection(ulong address)
    {
        if (_kernel.Sections is not { } sections)
        {
            return (ulong)ChunkPages << _pageShift;
        }

        ulong size = (ulong)_format.Size;
        int pfnShift = sections.SizeShift - _pageShift;
        ulong pfn = (address - _kernel.VmemmapBase + size - 1) / size;
        ulong next = _pages.AddressOf(((pfn >> pfnShift) + 1) << pfnShift) & ~((1UL << _pageShift) - 1);
        return next > address ? next - address : 1UL << _pageShift;
    }

    private void ScanStretch(ulong address, ulong pages, Slot[] slots)
    {
        ulong size = (ulong)_format.Size;
        SectionInfo section = _kernel.SectionOf((address - _kernel.VmemmapBase + size - 1) / size);
        if (section.State == SectionState.NotPresent || section.IsDevice)
        {
            return;
        }

        Slot first = _map.SlotAt(address);
        if (first.IsMapped && !_image.Overlaps(first.Frame, pages << _pageShift))
        {
            HasUnknownSections |= section.State == SectionState.Unknown;
            MappedPages += (long)pages;
            AbsentPages += (long)pages;
            return;
        }

        ScanPages(address, pages, slots);
    }

    private void ScanPages(ulong address, ulong pages, Slot[] slots)
    {
        _pagesLeft -= (long)pages;
        if (_pagesLeft < 0)
        {
            throw TooMuch();
        }

        for (ulong done = 0; done < pages; done += ChunkPages)
        {
            ulong here = address + (done << _pageShift);
            Span<Slot> chunk = slots.AsSpan(0, (int)Math.Min(ChunkPages, pages - done));
            _map.ReadSlots(here, chunk);
            for (int i = 0; i < chunk.Length; i++)
            {
                ScanPage(here + ((ulong)i << _pageShift), chunk[i]);
            }
        }
    }

    private ImageFormatException TooMuch() => new(
        _kernel.Path, $"the page tables map far more vmemmap than an image of {_image.PresentBytes} bytes can hold the struct pages of; they are corrupt, or the root is wrong");

    private void Report(IProgress<ImageProgress>? progress) =>
        progress?.Report(new ImageProgress(ImageStage.ReadingStructPages, (long)_bytesDone, (long)_bytesTotal));

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
        ulong? pageFlags = _pages.TryRead(pfn, _format.FlagsOffset, out ulong flags) ? flags : null;
        _heads.Add(new HugetlbHead(pfn, hstate, flag, pageFlags, WasRead: true));
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
