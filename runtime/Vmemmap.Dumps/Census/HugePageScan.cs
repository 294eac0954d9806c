using System.Buffers;
using System.Numerics;

namespace Vmemmap.Dumps;

/// <summary>
/// Judges each huge page by its page tables: those whose head struct page was read, and those that only their aliases show.
/// </summary>
internal sealed class HugePageScan<TFormat, TMemory>
    where TFormat : struct, IPageTableFormat
    where TMemory : struct, IPhysicalMemory
{
    private readonly KernelImage _kernel;
    private readonly VmemmapMap<TFormat, TMemory> _map;
    private readonly SelfHosting<TFormat, TMemory> _selfHosting;
    private readonly Func<AliasRun, bool> _deviceRuns;
    private readonly ulong _base;
    private readonly int _pageShift;
    private readonly int _structPageSize;
    private readonly Dictionary<ulong, int> _users = [];
    private readonly HashSet<ulong> _sharedTails = [];

    public HugePageScan(KernelImage kernel, VmemmapMap<TFormat, TMemory> map, Func<AliasRun, bool> deviceRuns)
    {
        _deviceRuns = deviceRuns;
        _kernel = kernel;
        _map = map;
        _selfHosting = new SelfHosting<TFormat, TMemory>(kernel, map);
        _base = kernel.VmemmapBase;
        _pageShift = kernel.Architecture.PageShift;
        _structPageSize = kernel.StructPageSize;
    }

    /// <summary>Frames that serve as shared tails.</summary>
    public int SharedTailPages => _sharedTails.Count;

    /// <summary>Alias runs over memory that is no device's, which no huge page size explains.</summary>
    public List<AliasRun> Unexplained { get; } = [];

    /// <summary>Judges all.</summary>
    /// <param name="heads">Heads that struct pages prove, by PFN.</param>
    /// <returns>Every huge page, by PFN.</returns>
    public List<HugePageRecord> Judge(IReadOnlyList<HugetlbHead> heads)
    {
        List<HugetlbHead> all = [.. heads];
        AddBySignature(heads, all);
        all.Sort((x, y) => x.Pfn.CompareTo(y.Pfn));

        var shapes = new VmemmapShape[all.Count];
        for (int i = 0; i < all.Count; i++)
        {
            shapes[i] = ReadShape(all[i]);
            if (shapes[i] is { HeadAliases: 0, RepeatedCount: > 1 })
            {
                _users[shapes[i].RepeatedFrame] = _users.GetValueOrDefault(shapes[i].RepeatedFrame) + 1;
            }
        }

        var verdicts = new LayoutVerdict[all.Count];
        for (int i = 0; i < all.Count; i++)
        {
            bool shared = _users.GetValueOrDefault(shapes[i].RepeatedFrame) > 1 && shapes[i].HeadAliases == 0;
            verdicts[i] = LayoutVerdict.Of(in shapes[i], shared, _kernel.StructPages.IsCompoundInfo);
            if (shapes[i].Unknown > 0)
            {
                // What is not seen may be the very page that decides the layout.
                verdicts[i] = LayoutVerdict.NoAliases;
            }
            else if (verdicts[i].Layout == VmemmapLayout.SharedTail)
            {
                _sharedTails.Add(shapes[i].RepeatedFrame);
            }
        }

        var records = new List<HugePageRecord>(all.Count);
        for (int i = 0; i < all.Count; i++)
        {
            records.Add(Record(all[i], in shapes[i], verdicts[i]));
        }

        return records;
    }

    private HugePageRecord Record(HugetlbHead head, in VmemmapShape shape, LayoutVerdict verdict)
    {
        if (verdict.Aliases == 0 && _sharedTails.Count > 0 && shape is { Pages: > 1, Unknown: 0 })
        {
            // A page that is being restored may have a single alias left, which only other pages show to be a shared tail.
            verdict = CountSharedTails(head, shape.Pages);
        }

        HugePageState state = shape.Unknown > 0 ? HugePageState.Unknown
            : verdict.Aliases == 0 ? HugePageState.Unoptimized
            : verdict.Aliases == verdict.Expected ? HugePageState.Optimized
            : HugePageState.Partial;
        return new HugePageRecord(
            head.Pfn,
            head.Hstate,
            state,
            verdict.Layout,
            verdict.Aliases,
            _base + (head.Pfn * (ulong)_structPageSize),
            shape.DistinctFrames,
            shape.FirstFrame,
            head.OptimizedFlag,
            verdict.Writable,
            Reason(head, state),
            head.WasRead,
            head.PageFlags);
    }

    private NotOptimizedReason Reason(HugetlbHead head, HugePageState state)
    {
        if (state == HugePageState.Optimized)
        {
            return NotOptimizedReason.None;
        }

        if (!BitOperations.IsPow2(_structPageSize))
        {
            return NotOptimizedReason.StructPageSize;
        }

        if (head.Hstate.FreedPages(VmemmapLayout.ReserveOne, _structPageSize) == 0)
        {
            return NotOptimizedReason.TooSmall;
        }

        return _selfHosting.IsSelfHosted(head.Pfn) ? NotOptimizedReason.SelfHosted : NotOptimizedReason.Unknown;
    }

    private VmemmapShape ReadShape(HugetlbHead head)
    {
        (ulong first, int pages) = PagesOf(head);
        Slot[] slots = ArrayPool<Slot>.Shared.Rent(pages);
        ulong[] scratch = ArrayPool<ulong>.Shared.Rent(pages);
        try
        {
            _map.ReadSlots(first, slots.AsSpan(0, pages));
            VmemmapShape shape = VmemmapShape.Of(slots.AsSpan(0, pages), scratch);
            if (shape is { HeadAliases: 0, RepeatedCount: < 2, Unknown: 0 })
            {
                NoteSingleAliases(slots.AsSpan(0, pages));
            }

            return shape;
        }
        finally
        {
            ArrayPool<Slot>.Shared.Return(slots);
            ArrayPool<ulong>.Shared.Return(scratch);
        }
    }

    /// <summary>
    /// A page that is being restored may have one alias of a shared tail left, which nothing in the page repeats. Where the kernel has
    /// read-only mappings the alias is read-only, and no page of its own is; elsewhere other huge pages map the frame too.
    /// </summary>
    private void NoteSingleAliases(ReadOnlySpan<Slot> slots)
    {
        for (int i = 1; i < slots.Length; i++)
        {
            if (_kernel.Architecture.HasReadOnlyKernelMappings)
            {
                if (!slots[i].Writable)
                {
                    _sharedTails.Add(slots[i].Frame);
                }
            }
            else if (_kernel.StructPages.IsCompoundInfo)
            {
                int users = _users.GetValueOrDefault(slots[i].Frame) + 1;
                _users[slots[i].Frame] = users;
                if (users > 1)
                {
                    _sharedTails.Add(slots[i].Frame);
                }
            }
        }
    }

    private LayoutVerdict CountSharedTails(HugetlbHead head, int pages)
    {
        Slot[] slots = ArrayPool<Slot>.Shared.Rent(pages);
        try
        {
            _map.ReadSlots(PagesOf(head).First, slots.AsSpan(0, pages));
            int aliases = 0;
            bool writable = false;
            for (int i = 1; i < pages; i++)
            {
                if (slots[i].IsMapped && _sharedTails.Contains(slots[i].Frame))
                {
                    aliases++;
                    writable |= slots[i].Writable;
                }
            }

            return LayoutVerdict.SharedTail(aliases, pages, writable);
        }
        finally
        {
            ArrayPool<Slot>.Shared.Return(slots);
        }
    }

    /// <summary>The vmemmap pages that a huge page's struct pages touch.</summary>
    private (ulong First, int Pages) PagesOf(HugetlbHead head)
    {
        ulong mask = (1UL << _pageShift) - 1;
        ulong start = _base + (head.Pfn * (ulong)_structPageSize);
        ulong end = start + (ulong)head.Hstate.StructPageBytes(_structPageSize);
        ulong first = start & ~mask;
        return (first, (int)((end - first + mask) >> _pageShift));
    }

    /// <summary>Optimized pages whose head the image lacks, or whose head has no mark: their aliases alone show them.</summary>
    private void AddBySignature(IReadOnlyList<HugetlbHead> heads, List<HugetlbHead> all)
    {
        if (!BitOperations.IsPow2(_structPageSize))
        {
            return;
        }

        int next = 0;
        foreach (AliasRun run in _map.Runs)
        {
            ulong page = (run.Address - _base) >> _pageShift;
            ulong pfn = (page << _pageShift) / (ulong)_structPageSize;
            SectionInfo section = _kernel.SectionOf(pfn);
            if (section.State == SectionState.NotPresent || section.IsDevice)
            {
                continue;
            }

            while (next < heads.Count && heads[next].Pfn + (1UL << heads[next].Hstate.Order) <= pfn)
            {
                next++;
            }

            if (next < heads.Count && heads[next].Pfn <= pfn)
            {
                continue;
            }

            if (Recognise(run, page, section) is { } head)
            {
                all.Add(head);
            }
            else if (!_deviceRuns(run))
            {
                Unexplained.Add(run);
            }
        }
    }

    private HugetlbHead? Recognise(in AliasRun run, ulong page, SectionInfo section)
    {
        foreach (Hstate hstate in _kernel.Architecture.Hstates)
        {
            long pages = hstate.StructPageBytes(_structPageSize) >> _pageShift;
            if (pages < 2)
            {
                continue;
            }

            // Page 0 is part of the run (reserve-one), or stands before it (the other layouts).
            bool withHead = run.Count == pages && page % (ulong)pages == 0;
            bool behindHead = run.Count == pages - 1 && pages > 2 && (page - 1) % (ulong)pages == 0;
            // Device DAX has the second form too, writable and not naturally aligned; without mem_section that must decide.
            bool mayBeDevice = section.State == SectionState.Unknown && behindHead && run.RestWritable;
            if (withHead || (behindHead && !mayBeDevice))
            {
                ulong first = withHead ? page : page - 1;
                return new HugetlbHead((first << _pageShift) / (ulong)_structPageSize, hstate, null, null, WasRead: false);
            }
        }

        return null;
    }
}
