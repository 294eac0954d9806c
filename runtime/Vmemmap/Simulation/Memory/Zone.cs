namespace Vmemmap.Simulation;

/// <summary>A zone of a node: its free areas behind its lock.</summary>
public sealed class Zone
{
    private readonly Lock _lock = new();
    private readonly BuddyAllocator _buddy;

    internal Zone(int node, ZoneKind kind, ulong frameCount, int maxOrder)
    {
        Node = node;
        Kind = kind;
        _buddy = new BuddyAllocator(0, frameCount, maxOrder);
    }

    /// <summary>The node.</summary>
    public int Node { get; }

    /// <summary>Which zone of the node.</summary>
    public ZoneKind Kind { get; }

    /// <summary>Largest order of a free block (MAX_PAGE_ORDER).</summary>
    public int MaxOrder => _buddy.MaxOrder;

    /// <summary>Free frames.</summary>
    public ulong FreePages
    {
        get
        {
            lock (_lock)
            {
                return _buddy.FreePages;
            }
        }
    }

    /// <summary>Free blocks by order, as /proc/buddyinfo shows them.</summary>
    public long[] FreeByOrder()
    {
        lock (_lock)
        {
            return _buddy.FreeByOrder();
        }
    }

    /// <summary>Whether a frame is free.</summary>
    /// <param name="pfn">The frame.</param>
    public bool IsFree(ulong pfn)
    {
        lock (_lock)
        {
            return _buddy.IsFree(pfn);
        }
    }

    /// <summary>Finds the free block that a frame is in, for a checker.</summary>
    internal bool TryFreeBlockOf(ulong pfn, out ulong blockPfn, out int order)
    {
        lock (_lock)
        {
            return _buddy.TryBlockOf(pfn, out blockPfn, out order);
        }
    }

    internal bool TryAllocate(int order, out ulong pfn)
    {
        lock (_lock)
        {
            return order <= _buddy.MaxOrder
                ? _buddy.TryAllocate(order, out pfn)
                : _buddy.TryAllocateContiguous(1UL << order, 1UL << order, out pfn);
        }
    }

    internal bool TryAllocateRange(ulong pfn, ulong count)
    {
        lock (_lock)
        {
            return _buddy.TryAllocateRange(pfn, count);
        }
    }

    internal void Free(ulong pfn, int order)
    {
        lock (_lock)
        {
            if (order <= _buddy.MaxOrder)
            {
                _buddy.Free(pfn, order);
            }
            else
            {
                _buddy.FreeRange(pfn, 1UL << order);
            }
        }
    }

    internal void FreeRange(ulong pfn, ulong count)
    {
        lock (_lock)
        {
            _buddy.FreeRange(pfn, count);
        }
    }
}
