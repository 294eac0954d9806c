using System.Numerics;

namespace Vmemmap.Simulation;

/// <summary>
/// The free pages of one zone as a binary buddy system: aligned blocks of 2^order pages, split when a smaller one is wanted and
/// merged with their buddies as soon as both are free. So the blocks follow from the set of free pages alone.
/// </summary>
/// <remarks>
/// The kernel's <c>struct free_area</c> and <c>__free_one_page</c> (mm/page_alloc.c, 6.12), without migrate types, per-CPU lists and
/// watermarks. Where the kernel takes the block freed last, this takes the lowest address, so that a run can be repeated.
/// A block's buddy differs from it in one bit of its PFN, as in the kernel: blocks are aligned by PFN, wherever the zone begins.
/// The span is fixed: give it all the memory that the zone may ever have; hot-plugged pages come in by <see cref="FreeRange"/> and
/// leave by <see cref="TryAllocateRange"/>. Not thread safe: the zone's lock is the caller's.
/// </remarks>
public sealed class BuddyAllocator
{
    /// <summary>The largest order that can be asked for.</summary>
    public const int OrderLimit = 30;

    private const ulong SpanLimit = 1UL << 36;
    private const ulong PfnLimit = 1UL << 52;

    // The first bit of every order: FirstPfn aligned down to a block of the maximal order.
    private readonly ulong _origin;
    private readonly BitTree[] _free;

    /// <summary>Makes a zone that has nothing free.</summary>
    /// <param name="firstPfn">First page of the zone, of any alignment.</param>
    /// <param name="endPfn">First page behind the zone: at least <paramref name="firstPfn"/>, at most 2^36 more, and at most 2^52.</param>
    /// <param name="maxOrder">The kernel's MAX_PAGE_ORDER, 0 to <see cref="OrderLimit"/>: 10 for 4 KiB pages on x86-64.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is beyond its limit.</exception>
    public BuddyAllocator(ulong firstPfn, ulong endPfn, int maxOrder)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxOrder);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxOrder, OrderLimit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(endPfn, PfnLimit);
        ArgumentOutOfRangeException.ThrowIfLessThan(endPfn, firstPfn);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(endPfn - firstPfn, SpanLimit, nameof(endPfn));
        FirstPfn = firstPfn;
        EndPfn = endPfn;
        MaxOrder = maxOrder;
        ulong largest = 1UL << maxOrder;
        _origin = firstPfn & ~(largest - 1);
        ulong blocks = (endPfn - _origin + largest - 1) >> maxOrder;
        _free = new BitTree[maxOrder + 1];
        for (int order = 0; order <= maxOrder; order++)
        {
            _free[order] = new BitTree((long)(blocks << (maxOrder - order)));
        }
    }

    /// <summary>First page of the zone.</summary>
    public ulong FirstPfn { get; }

    /// <summary>First page behind the zone.</summary>
    public ulong EndPfn { get; }

    /// <summary>The order of the largest blocks.</summary>
    public int MaxOrder { get; }

    /// <summary>Number of free pages.</summary>
    public ulong FreePages { get; private set; }

    /// <summary>Number of free blocks of exactly <paramref name="order"/>, as a column of /proc/buddyinfo.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The order is not 0 to <see cref="MaxOrder"/>.</exception>
    public long FreeBlocks(int order)
    {
        CheckOrder(order);
        return _free[order].Count;
    }

    /// <summary>A new array of the free blocks of every order, indexed by order: the zone's line of /proc/buddyinfo.</summary>
    public long[] FreeByOrder()
    {
        long[] counts = new long[_free.Length];
        for (int order = 0; order < counts.Length; order++)
        {
            counts[order] = _free[order].Count;
        }

        return counts;
    }

    /// <summary>Takes a block: of the smallest order that has one, the one at the lowest address; what is too much of it is given back.</summary>
    /// <param name="order">0 to <see cref="MaxOrder"/>.</param>
    /// <param name="pfn">First page of the block, a multiple of 2^<paramref name="order"/>; 0 if there is none.</param>
    /// <returns>False if no free block is large enough.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The order is not 0 to <see cref="MaxOrder"/>.</exception>
    public bool TryAllocate(int order, out ulong pfn)
    {
        CheckOrder(order);
        for (int from = order; from <= MaxOrder; from++)
        {
            long index = _free[from].FindFirst(0);
            if (index < 0)
            {
                continue;
            }

            pfn = PfnOf(index, from);
            Take(pfn, from);

            // The lower half is split again, each upper half stays free (kernel: expand).
            while (from > order)
            {
                from--;
                Put(pfn + (1UL << from), from);
            }

            return true;
        }

        pfn = 0;
        return false;
    }

    /// <summary>Frees a block and merges it with its buddies as far as they are free.</summary>
    /// <param name="pfn">First page, a multiple of 2^<paramref name="order"/>.</param>
    /// <param name="order">0 to <see cref="MaxOrder"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The order is not 0 to <see cref="MaxOrder"/>.</exception>
    /// <exception cref="InconsistentMachineException">
    /// The block is misaligned, leaves the zone, or has a page that is free already. Nothing changed.
    /// </exception>
    public void Free(ulong pfn, int order)
    {
        CheckOrder(order);
        ulong count = 1UL << order;
        if ((pfn & (count - 1)) != 0)
        {
            throw new InconsistentMachineException($"Freed PFN 0x{pfn:x} as a block of order {order}, but it is no multiple of {count} pages.");
        }

        CheckFreeable(pfn, count, order);
        Merge(pfn, order);
    }

    /// <summary>Frees any range, as the largest aligned blocks it holds.</summary>
    /// <param name="pfn">First page, of any alignment.</param>
    /// <param name="count">Number of pages; with 0 nothing happens.</param>
    /// <exception cref="InconsistentMachineException">The range leaves the zone or has a page that is free already. Nothing changed.</exception>
    public void FreeRange(ulong pfn, ulong count)
    {
        CheckFreeable(pfn, count, order: -1);
        for (ulong end = pfn + count; pfn < end;)
        {
            int order = LargestOrder(pfn, end);
            Merge(pfn, order);
            pfn += 1UL << order;
        }
    }

    /// <summary>Takes exactly this range, splitting the blocks at its edges.</summary>
    /// <param name="pfn">First page, of any alignment.</param>
    /// <param name="count">Number of pages; 0 is always taken.</param>
    /// <returns>False, and nothing changed, if a page of it is not free or not of this zone.</returns>
    public bool TryAllocateRange(ulong pfn, ulong count)
    {
        if (!IsRangeFree(pfn, count))
        {
            return false;
        }

        ulong end = pfn + count;
        for (ulong page = pfn; page < end;)
        {
            TryBlockOf(page, out ulong block, out int order);
            ulong blockEnd = block + (1UL << order);
            Take(block, order);
            PutBack(block, page);
            PutBack(Math.Min(end, blockEnd), blockEnd);
            page = blockEnd;
        }

        return true;
    }

    /// <summary>
    /// Takes the lowest range of free pages that is long enough, over the borders of blocks: how gigantic pages are made
    /// (kernel: <c>alloc_contig_pages</c>, without its migration of pages in use).
    /// </summary>
    /// <param name="count">Number of pages, at least 1.</param>
    /// <param name="alignment">What the first PFN is a multiple of: a power of two.</param>
    /// <param name="pfn">First page of the range; 0 if there is none.</param>
    /// <returns>False, and nothing changed, if there is no such range.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is 0, or <paramref name="alignment"/> no power of two.</exception>
    public bool TryAllocateContiguous(ulong count, ulong alignment, out ulong pfn)
    {
        ArgumentOutOfRangeException.ThrowIfZero(count);
        if (!BitOperations.IsPow2(alignment))
        {
            throw new ArgumentOutOfRangeException(nameof(alignment), alignment, "An alignment is a power of two pages.");
        }

        // Every step goes behind a hole, so each free block is looked at once.
        ulong candidate = FirstPfn;
        while (FreePages >= count && TryNextFree(candidate, out candidate) && TryAlignUp(candidate, alignment, out candidate) &&
            candidate < EndPfn && count <= EndPfn - candidate)
        {
            ulong hole = FirstNotFree(candidate, candidate + count);
            if (hole == candidate + count)
            {
                pfn = candidate;
                return TryAllocateRange(pfn, count);
            }

            candidate = hole;
        }

        pfn = 0;
        return false;
    }

    /// <summary>Whether the page is free; false outside the zone.</summary>
    public bool IsFree(ulong pfn) => TryBlockOf(pfn, out _, out _);

    /// <summary>Whether every page of the range is free: true for no pages, false if a page is outside the zone.</summary>
    public bool IsRangeFree(ulong pfn, ulong count) =>
        count == 0 || (IsInSpan(pfn, count) && FirstNotFree(pfn, pfn + count) == pfn + count);

    /// <summary>Finds the free block that has this page.</summary>
    /// <param name="pfn">Any page.</param>
    /// <param name="blockPfn">First page of the block, or 0.</param>
    /// <param name="order">Order of the block, or 0.</param>
    /// <returns>False if the page is not free or not of this zone.</returns>
    public bool TryBlockOf(ulong pfn, out ulong blockPfn, out int order)
    {
        if (pfn >= FirstPfn && pfn < EndPfn)
        {
            // Large blocks first: ranges are mostly walked over large ones.
            for (order = MaxOrder; order >= 0; order--)
            {
                if (HasBlock(pfn, order))
                {
                    blockPfn = pfn & ulong.MaxValue << order;
                    return true;
                }
            }
        }

        blockPfn = 0;
        order = 0;
        return false;
    }

    private static bool TryAlignUp(ulong pfn, ulong alignment, out ulong aligned)
    {
        aligned = (pfn + (alignment - 1)) & ~(alignment - 1);
        return aligned >= pfn;
    }

    private long IndexOf(ulong pfn, int order) => (long)((pfn - _origin) >> order);

    private ulong PfnOf(long index, int order) => _origin + ((ulong)index << order);

    // An order without blocks is asked without touching its bitmap.
    private bool HasBlock(ulong pfn, int order) => _free[order].Count != 0 && _free[order].Contains(IndexOf(pfn, order));

    private void Put(ulong pfn, int order)
    {
        _free[order].Set(IndexOf(pfn, order));
        FreePages += 1UL << order;
    }

    private void Take(ulong pfn, int order)
    {
        _free[order].Clear(IndexOf(pfn, order));
        FreePages -= 1UL << order;
    }

    private void Merge(ulong pfn, int order)
    {
        while (order < MaxOrder && HasBlock(pfn ^ 1UL << order, order))
        {
            Take(pfn ^ 1UL << order, order);
            pfn &= ~(1UL << order);
            order++;
        }

        Put(pfn, order);
    }

    // What is left of a block needs no merge: the buddy of each piece has a page that was taken.
    private void PutBack(ulong pfn, ulong end)
    {
        while (pfn < end)
        {
            int order = LargestOrder(pfn, end);
            Put(pfn, order);
            pfn += 1UL << order;
        }
    }

    private int LargestOrder(ulong pfn, ulong end) =>
        Math.Min(MaxOrder, Math.Min(BitOperations.TrailingZeroCount(pfn), BitOperations.Log2(end - pfn)));

    private ulong FirstNotFree(ulong pfn, ulong end)
    {
        while (pfn < end && TryBlockOf(pfn, out ulong block, out int order))
        {
            pfn = block + (1UL << order);
        }

        return Math.Min(pfn, end);
    }

    private bool TryNextFree(ulong pfn, out ulong next)
    {
        if (IsFree(pfn))
        {
            next = pfn;
            return true;
        }

        next = ulong.MaxValue;
        for (int order = 0; order <= MaxOrder; order++)
        {
            long index = _free[order].FindFirst(IndexOf(pfn, order));
            if (index >= 0)
            {
                next = Math.Min(next, PfnOf(index, order));
            }
        }

        return next != ulong.MaxValue;
    }

    private bool IsInSpan(ulong pfn, ulong count) => pfn >= FirstPfn && pfn < EndPfn && count <= EndPfn - pfn;

    private void CheckFreeable(ulong pfn, ulong count, int order)
    {
        if (count == 0)
        {
            return;
        }

        if (!IsInSpan(pfn, count))
        {
            throw new InconsistentMachineException($"Freed {Describe(pfn, count, order)}, but the zone is PFN 0x{FirstPfn:x} to 0x{EndPfn:x}.");
        }

        // A block that holds the first page, or one that begins behind it inside the range.
        if (TryBlockOf(pfn, out ulong block, out int blockOrder))
        {
            throw Overlap(block, blockOrder);
        }

        for (int smaller = 0; smaller <= MaxOrder && count > 1; smaller++)
        {
            long index = _free[smaller].FindFirst(IndexOf(pfn, smaller));
            if (index >= 0 && PfnOf(index, smaller) - pfn < count)
            {
                throw Overlap(PfnOf(index, smaller), smaller);
            }
        }

        InconsistentMachineException Overlap(ulong overlapped, int overlappedOrder) =>
            new($"Freed {Describe(pfn, count, order)}, but the block of order {overlappedOrder} at PFN 0x{overlapped:x} is free already.");
    }

    private static string Describe(ulong pfn, ulong count, int order) =>
        order < 0 ? $"{count} pages from PFN 0x{pfn:x} on" : $"PFN 0x{pfn:x} as a block of order {order}";

    private void CheckOrder(int order)
    {
        if ((uint)order > (uint)MaxOrder)
        {
            throw new ArgumentOutOfRangeException(nameof(order), order, $"The zone has orders 0 to {MaxOrder}.");
        }
    }
}
