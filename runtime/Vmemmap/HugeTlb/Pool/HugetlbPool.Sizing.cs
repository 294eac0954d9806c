using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>Grow and shrink: vm.nr_hugepages.</summary>
public sealed partial class HugetlbPool<TArch, TLayout>
{
    /// <summary>Makes the pool of a size as large as it is asked for, as far as memory, reservations and use allow (set_max_huge_pages).</summary>
    /// <param name="hstate">The size.</param>
    /// <param name="count">Huge pages wanted: of the node, or of all nodes together, taken from them in turn.</param>
    /// <param name="node">The node; null: all.</param>
    /// <param name="cpu">The CPU that does it.</param>
    /// <returns>Huge pages there are then, surplus ones apart.</returns>
    /// <exception cref="ArgumentException">The architecture has no such size, the machine no such node, or the count does not fit.</exception>
    public long SetHugePages(Hstate hstate, long count, int? node = null, Cpu<TArch>? cpu = null)
    {
        HstatePool counts = this[hstate];
        RequireNode(node);
        RequireCount(counts, count);
        cpu = Or0(cpu);
        using KernelLock.Scope<TArch> resizing = counts.ResizeLock.Hold(cpu);
        long target = count;
        if (node is { } only)
        {
            using (Lock.Hold(cpu))
            {
                target += counts.PersistentPages - (counts.PagesOf(only) - counts.SurplusPagesOf(only));
            }
        }

        if (!TryGrow(cpu, counts, target, node))
        {
            return Settle(cpu, counts, node);
        }

        Shrink(cpu, counts, target, node);
        return Settle(cpu, counts, node);
    }

    private long Settle(Cpu<TArch> cpu, HstatePool counts, int? node)
    {
        using (Lock.Hold(cpu))
        {
            counts.SetMaximal(counts.PersistentPages);
            return node is { } only ? counts.PagesOf(only) - counts.SurplusPagesOf(only) : counts.PersistentPages;
        }
    }

    private bool TryGrow(Cpu<TArch> cpu, HstatePool counts, long target, int? onlyNode)
    {
        // Surplus pages first: they are there already.
        using (Lock.Hold(cpu))
        {
            while (counts.SurplusPages > 0 && target > counts.PersistentPages && TryAdjustSurplus(counts, onlyNode, -1))
            {
            }
        }

        var made = new List<HugePage<TArch, TLayout>>();
        while (IsShort(cpu, counts, target, made.Count))
        {
            if (Take(cpu, counts, onlyNode) is not { } page)
            {
                AddToPool(cpu, counts, made);
                return false;
            }

            made.Add(page);
            if (!_optimizer.IsBatched)
            {
                // Before v6.7 each is optimized before the next is taken, so that what it gives back is there for it.
                AddToPool(cpu, counts, made);
                made.Clear();
            }
        }

        AddToPool(cpu, counts, made);
        return true;
    }

    private bool IsShort(Cpu<TArch> cpu, HstatePool counts, long target, long made)
    {
        using (Lock.Hold(cpu))
        {
            return target > counts.PersistentPages + made;
        }
    }

    /// <summary>Takes the frames of a huge page from the next node that has some (alloc_pool_huge_folio).</summary>
    private HugePage<TArch, TLayout>? Take(Cpu<TArch> cpu, HstatePool counts, int? onlyNode)
    {
        for (int i = 0; i < (onlyNode is null ? _machine.Nodes.Count : 1); i++)
        {
            if (Take(cpu, counts, onlyNode ?? NextToAllocate(counts), thisNode: true) is { } page)
            {
                return page;
            }
        }

        return null;
    }

    /// <summary>Takes the frames of a huge page and makes it one: frozen, counted by nobody, not optimized (only_alloc_fresh_hugetlb_folio).</summary>
    private HugePage<TArch, TLayout>? Take(Cpu<TArch> cpu, HstatePool counts, int node, bool thisNode)
    {
        if (!_machine.PageAllocator.TryAllocate(cpu, node, counts.Hstate.Order, AllocationPurpose.HugePage, thisNode, out ulong pfn))
        {
            return null;
        }

        return Make(cpu, counts.Hstate, pfn, leaveTails: false);
    }

    private HugePage<TArch, TLayout> Make(Cpu<TArch> cpu, Hstate hstate, ulong pfn, bool leaveTails)
    {
        var page = new HugePage<TArch, TLayout>(_vmemmap, pfn, hstate) { Pool = this };
        _optimizer.Prepare(cpu, page, leaveTails);
        _pages.Add(page);
        return page;
    }

    /// <summary>Optimizes new huge pages and adds them to the pool (prep_and_add_allocated_folios).</summary>
    private void AddToPool(Cpu<TArch> cpu, HstatePool counts, List<HugePage<TArch, TLayout>> pages)
    {
        if (pages.Count == 0)
        {
            return;
        }

        if (_optimizer.IsBatched)
        {
            _optimizer.Optimize(cpu, pages);
            using (Lock.Hold(cpu))
            {
                foreach (HugePage<TArch, TLayout> page in pages)
                {
                    Account(counts, page);
                    Enqueue(cpu, counts, page);
                }
            }

            return;
        }

        foreach (HugePage<TArch, TLayout> page in pages)
        {
            _optimizer.Optimize(cpu, page);
            using (Lock.Hold(cpu))
            {
                Account(counts, page);
                Enqueue(cpu, counts, page);
            }
        }
    }

    private void Shrink(Cpu<TArch> cpu, HstatePool counts, long target, int? onlyNode)
    {
        var removed = new List<HugePage<TArch, TLayout>>();
        using (Lock.Hold(cpu))
        {
            // What is promised or in use stays.
            long least = Math.Max(target, counts.ReservedPages + counts.Pages - counts.FreePages);
            while (least < counts.PersistentPages && RemoveOne(cpu, counts, onlyNode, surplus: false) is { } page)
            {
                removed.Add(page);
            }
        }

        if (removed.Count > 0)
        {
            long free = MarkFree();
            GiveBack(cpu, counts, removed);
            Figures.RaiseShrinkPeak(free - _machine.Books.LowestFree);
        }

        using (Lock.Hold(cpu))
        {
            // What could not be given back now is so when its user lets go.
            while (target < counts.PersistentPages && MayBecomeSurplus(counts) && TryAdjustSurplus(counts, onlyNode, 1))
            {
            }
        }
    }

    // What is never given back does not wait for it either.
    private bool MayBecomeSurplus(HstatePool counts) =>
        Options.FreePolicy != FreePolicy.Permanent || counts.PersistentPages > _pages.CountOptimized(counts.Hstate, node: null);

    private long MarkFree()
    {
        _machine.Books.MarkLowestFree();
        return _machine.Books.LowestFree;
    }

    /// <summary>Takes a free huge page out of the pool, from the next node that has one (remove_pool_hugetlb_folio).</summary>
    private HugePage<TArch, TLayout>? RemoveOne(Cpu<TArch> cpu, HstatePool counts, int? onlyNode, bool surplus)
    {
        for (int i = 0; i < (onlyNode is null ? _machine.Nodes.Count : 1); i++)
        {
            // Unlike the kernel, whose node may be left with more surplus pages than pages: an ordinary page leaves a node that has one.
            int node = onlyNode ?? NextToFree(counts);
            if (counts.SurplusPagesOf(node) == (surplus ? 0 : counts.PagesOf(node)))
            {
                continue;
            }

            HugePage<TArch, TLayout>? page = FreeListOf(counts, node).First;
            while (page is not null && IsPermanent(page))
            {
                page = page.Next;
            }

            if (page is not null)
            {
                Remove(cpu, counts, page, surplus);
                return page;
            }
        }

        return null;
    }

    private bool IsPermanent(HugePage<TArch, TLayout> page) => Options.FreePolicy == FreePolicy.Permanent && page.IsOptimized;
}
