namespace Vmemmap.SyntheticImages;

/// <summary>Does to vmemmap what HVO does for each huge page (mm/hugetlb_vmemmap.c of the layout's kernels).</summary>
internal sealed class HugePagePopulation(SyntheticKernel kernel, AddressSpace space, VmemmapMap map, FrameAllocator frames)
{
    private readonly MachineGeometry _machine = kernel.Machine;
    private readonly Dictionary<(int Zone, ulong Size), ulong> _sharedTails = [];

    /// <summary>The shared tail frames, each with a huge page that uses it.</summary>
    internal IEnumerable<KeyValuePair<(int Zone, ulong Size), ulong>> SharedTails => _sharedTails;

    /// <summary>Optimizes a page, or leaves it half way.</summary>
    internal void Add(HugePageRequest page)
    {
        if (!page.Optimized && page.PartialSlots.Count == 0)
        {
            return;
        }

        ulong first = AddressOf(page.HeadPfn);
        int count = PagesOf(page.Size);
        int kept = kernel.EffectiveLayout == HvoLayout.ReserveTwo ? 2 : 1;
        if (count <= kept)
        {
            throw new InvalidOperationException("The struct pages of this size do not fill enough vmemmap pages to optimize it.");
        }

        ulong shared = SharedFrame(page, first);
        IEnumerable<int> slots = page.Optimized ? Enumerable.Range(kept, count - kept) : page.PartialSlots;
        foreach (int slot in slots)
        {
            map.Remap(first + ((ulong)slot << _machine.PageShift), shared, alias: true);
        }
    }

    /// <summary>Restores a page: new frames for all that HVO had taken, out of place.</summary>
    internal void Add(RestoredPageRequest page)
    {
        ulong first = AddressOf(page.HeadPfn);
        for (int i = HeadMoves(null) ? 0 : 1; i < PagesOf(page.Size); i++)
        {
            map.Remap(first + ((ulong)i << _machine.PageShift), TakeFrame(), alias: false);
        }
    }

    private ulong SharedFrame(HugePageRequest page, ulong first)
    {
        switch (kernel.EffectiveLayout)
        {
            case HvoLayout.ReserveTwo:
                return map.FrameOf(first + _machine.PageSize)!.Value;
            case HvoLayout.ReserveOne:
                ulong kept = HeadMoves(page.HeadCopied) ? TakeFrame() : map.FrameOf(first)!.Value;
                map.Remap(first, kept, alias: false);
                return kept;
            default:
                map.Remap(first, TakeFrame(), alias: false);
                if (!_sharedTails.TryGetValue((page.Zone, page.Size), out ulong tail))
                {
                    tail = TakeFrame();
                    _sharedTails.Add((page.Zone, page.Size), tail);
                }

                return tail;
        }
    }

    private bool HeadMoves(bool? asked) => asked ?? kernel.Version.IsAtLeast(6, 2);

    private ulong TakeFrame() => frames.Take(_machine.PageSize, _machine.PageSize);

    private ulong AddressOf(ulong pfn) => space.Vmemmap + (pfn * kernel.StructPageSize);

    private int PagesOf(ulong size) => (int)(((size >> _machine.PageShift) * kernel.StructPageSize) >> _machine.PageShift);
}
