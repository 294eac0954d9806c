namespace Vmemmap.Tests.Simulation.Memory;

/// <summary>A zone as one flag for each page, and what follows from the flags alone: every pair of free buddies is one block.</summary>
internal sealed class PageModel(ulong first, ulong end, int maxOrder)
{
    private readonly bool[] _free = new bool[end - first];

    public ulong First => first;

    public ulong End => end;

    public bool IsFree(ulong pfn) => pfn >= first && pfn < end && _free[pfn - first];

    public bool AllAre(bool free, ulong pfn, ulong count)
    {
        for (ulong page = pfn; page < pfn + count; page++)
        {
            if (page < first || page >= end || _free[page - first] != free)
            {
                return false;
            }
        }

        return true;
    }

    public void Set(bool free, ulong pfn, ulong count)
    {
        for (ulong page = pfn; page < pfn + count; page++)
        {
            _free[page - first] = free;
        }
    }

    public ulong FreePages => (ulong)_free.Count(f => f);

    /// <summary>The blocks by first page: from single pages up, two free buddies become one block.</summary>
    public SortedDictionary<ulong, int> Blocks()
    {
        SortedDictionary<ulong, int> blocks = [];
        for (ulong page = first; page < end; page++)
        {
            if (IsFree(page))
            {
                blocks[page] = 0;
            }
        }

        for (int order = 0; order < maxOrder; order++)
        {
            foreach (ulong block in blocks.Where(b => b.Value == order).Select(b => b.Key).ToArray())
            {
                ulong buddy = block + (1UL << order);
                if (block % (2UL << order) == 0 && blocks.TryGetValue(buddy, out int its) && its == order)
                {
                    blocks.Remove(buddy);
                    blocks[block] = order + 1;
                }
            }
        }

        return blocks;
    }

    /// <summary>The lowest block of the smallest sufficient order, or null.</summary>
    public ulong? Best(int order)
    {
        KeyValuePair<ulong, int>[] fitting = [.. Blocks().Where(b => b.Value >= order).OrderBy(b => b.Value).ThenBy(b => b.Key)];
        return fitting.Length == 0 ? null : fitting[0].Key;
    }

    /// <summary>The lowest aligned free range, or null: every start is tried.</summary>
    public ulong? Contiguous(ulong count, ulong alignment)
    {
        for (ulong pfn = first; pfn + count <= end; pfn++)
        {
            if (pfn % alignment == 0 && AllAre(true, pfn, count))
            {
                return pfn;
            }
        }

        return null;
    }
}
