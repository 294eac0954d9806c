namespace Vmemmap.HugeTlb;

/// <summary>
/// All huge pages of a pool by their first frame, from the moment they have struct pages of their own until their frames are given back. It
/// is the simulation's, not the kernel's: its lock is not counted. Any thread.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How vmemmap is optimized.</typeparam>
internal sealed class PageRegistry<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, HugePage<TArch, TLayout>> _pages = [];

    public void Add(HugePage<TArch, TLayout> page)
    {
        lock (_lock)
        {
            _pages.Add(page.HeadPfn, page);
        }
    }

    public void Remove(HugePage<TArch, TLayout> page)
    {
        lock (_lock)
        {
            _pages.Remove(page.HeadPfn);
        }
    }

    /// <summary>The huge page that has a frame.</summary>
    public HugePage<TArch, TLayout>? Containing(ulong pfn)
    {
        lock (_lock)
        {
            foreach (Hstate hstate in TArch.Hstates)
            {
                if (_pages.TryGetValue(pfn & ulong.MaxValue << hstate.Order, out HugePage<TArch, TLayout>? page)
                    && pfn - page.HeadPfn < (ulong)page.Count)
                {
                    return page;
                }
            }

            return null;
        }
    }

    public HugePage<TArch, TLayout>[] Snapshot()
    {
        lock (_lock)
        {
            return [.. _pages.Values];
        }
    }

    /// <summary>Optimized huge pages of a size, on one node or on all.</summary>
    public long CountOptimized(Hstate hstate, int? node)
    {
        long count = 0;
        lock (_lock)
        {
            foreach (HugePage<TArch, TLayout> page in _pages.Values)
            {
                count += page.IsOptimized && page.Hstate.Order == hstate.Order && (node is null || page.Node == node) ? 1 : 0;
            }
        }

        return count;
    }
}
