namespace Vmemmap.HugeTlb;

/// <summary>
/// Base pages of a huge page that have memory errors (6.12 mm/hugetlb.c, raw_hwp_list): kept by index, because the struct page of a tail
/// may be an alias. Added to by any thread until it is closed; a mutable struct, to be kept in a field.
/// </summary>
internal struct RawHwPoisonList
{
    private static readonly Entry Closed = new(-1, null);

    private Entry? _head;

    /// <summary>Whether there is any.</summary>
    public readonly bool Any => Volatile.Read(in _head) is { Index: >= 0 };

    /// <summary>Adds an index.</summary>
    /// <param name="index">The index.</param>
    /// <param name="known">Whether it was there already.</param>
    /// <returns>False if the list is closed: the huge page is being given back.</returns>
    public bool TryAdd(long index, out bool known)
    {
        while (true)
        {
            Entry? head = Volatile.Read(ref _head);
            known = Contains(head, index);
            if (head == Closed || known)
            {
                return known;
            }

            if (Interlocked.CompareExchange(ref _head, new Entry(index, head), head) == head)
            {
                return true;
            }
        }
    }

    /// <summary>Ends it: nothing is added any more.</summary>
    /// <returns>What was in it, in ascending order; null if nothing was.</returns>
    public List<long>? Close() => Collect(Interlocked.Exchange(ref _head, Closed));

    /// <summary>What is in it, in ascending order.</summary>
    public readonly IReadOnlyList<long> Snapshot() => (IReadOnlyList<long>?)Collect(Volatile.Read(in _head)) ?? [];

    private static bool Contains(Entry? head, long index)
    {
        for (Entry? entry = head; entry is not null; entry = entry.Next)
        {
            if (entry.Index == index)
            {
                return true;
            }
        }

        return false;
    }

    private static List<long>? Collect(Entry? head)
    {
        if (head is null || head == Closed)
        {
            return null;
        }

        var indexes = new List<long>();
        for (Entry? entry = head; entry is not null; entry = entry.Next)
        {
            indexes.Add(entry.Index);
        }

        indexes.Sort();
        return indexes;
    }

    private sealed record Entry(long Index, Entry? Next);
}
