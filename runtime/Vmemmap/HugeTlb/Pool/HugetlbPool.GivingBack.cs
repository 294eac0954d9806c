using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>The way out: restored, unmarked, freed; or back in the pool as surplus where memory is short. No lock is held.</summary>
public sealed partial class HugetlbPool<TArch, TLayout>
{
    private HugePage<TArch, TLayout>? _queue;

    /// <summary>Huge pages that wait for the worker.</summary>
    public long QueuedPages => Volatile.Read(ref _queued);

    private long _queued;

    private KernelLock WorkLock { get; } = new("free_hpage_work", sleeps: true);

    /// <summary>Runs the worker until its queue is empty (flush_work on free_hpage_work): huge pages that were being freed are so afterwards.</summary>
    /// <param name="cpu">The CPU that runs it.</param>
    /// <returns>Huge pages given back; the others are in the pool again, as surplus.</returns>
    public long FlushWork(Cpu<TArch>? cpu = null)
    {
        cpu = Or0(cpu);
        if (Options.FreePolicy != FreePolicy.Deferred)
        {
            return 0;
        }

        long freed = 0;
        using (WorkLock.Hold(cpu))
        {
            // Only what is queued now: what comes back later is another's work.
            HugePage<TArch, TLayout>? page = Interlocked.Exchange(ref _queue, null);
            while (page is not null)
            {
                HugePage<TArch, TLayout>? next = page.Next;
                page.Next = null;
                Interlocked.Decrement(ref _queued);
                freed += TryGiveBackNow(cpu, this[page.Hstate], page) ? 1 : 0;
                page = next;
            }
        }

        return freed;
    }

    /// <summary>Gives back a huge page that is out of the pool, now or by the worker (update_and_free_hugetlb_folio).</summary>
    private void GiveBack(Cpu<TArch> cpu, HstatePool counts, HugePage<TArch, TLayout> page)
    {
        if (Options.FreePolicy == FreePolicy.Deferred && page.IsOptimized)
        {
            Interlocked.Increment(ref _queued);
            HugePage<TArch, TLayout>? first;
            do
            {
                first = Volatile.Read(ref _queue);
                page.Next = first;
            }
            while (Interlocked.CompareExchange(ref _queue, page, first) != first);
            return;
        }

        TryGiveBackNow(cpu, counts, page);
    }

    /// <summary>Gives back several huge pages that are out of the pool (update_and_free_pages_bulk).</summary>
    private void GiveBack(Cpu<TArch> cpu, HstatePool counts, List<HugePage<TArch, TLayout>> pages)
    {
        if (!_optimizer.IsBatched || Options.FreePolicy == FreePolicy.Deferred)
        {
            foreach (HugePage<TArch, TLayout> page in pages)
            {
                GiveBack(cpu, counts, page);
            }

            return;
        }

        // Each round takes at least one page off the front, so that it ends.
        ArraySegment<HugePage<TArch, TLayout>> left = pages.ToArray();
        while (left.Count > 0)
        {
            int restored = _optimizer.RestoreBatch(cpu, left);
            if (restored > 0)
            {
                FreeRestored(cpu, counts, left[..restored], together: restored == left.Count);
                left = left[restored..];
            }
            else
            {
                left = OneByOne(cpu, counts, left);
            }
        }
    }

    /// <summary>
    /// No page could be restored, so there is none to free to make room for others: each is tried on its own, in the hope that somebody else gave
    /// memory back, until one can be freed (bulk_vmemmap_restore_error).
    /// </summary>
    /// <returns>Those that were not tried.</returns>
    private ArraySegment<HugePage<TArch, TLayout>> OneByOne(Cpu<TArch> cpu, HstatePool counts, ArraySegment<HugePage<TArch, TLayout>> pages)
    {
        for (int i = 0; i < pages.Count; i++)
        {
            if (TryGiveBackNow(cpu, counts, pages[i]))
            {
                return pages[(i + 1)..];
            }
        }

        return [];
    }

    private void FreeRestored(Cpu<TArch> cpu, HstatePool counts, ArraySegment<HugePage<TArch, TLayout>> pages, bool together)
    {
        if (together)
        {
            using (Lock.Hold(cpu))
            {
                foreach (HugePage<TArch, TLayout> page in pages)
                {
                    new FolioHead<TArch>(cpu, page.HeadPfn).MarkHugeTlb(marked: false);
                }
            }
        }

        foreach (HugePage<TArch, TLayout> page in pages)
        {
            if (!together)
            {
                Unmark(cpu, page);
            }

            FreeFrames(cpu, counts, page);
        }
    }

    /// <summary>Restores and frees a huge page that is out of the pool; if it cannot be restored it comes back as surplus (__update_and_free_hugetlb_folio).</summary>
    private bool TryGiveBackNow(Cpu<TArch> cpu, HstatePool counts, HugePage<TArch, TLayout> page)
    {
        if (!TryRestoreAndFree(cpu, counts, page))
        {
            using (Lock.Hold(cpu))
            {
                AddBack(cpu, counts, page, adjustSurplus: true);
            }

            return false;
        }

        return true;
    }

    private bool TryRestoreAndFree(Cpu<TArch> cpu, HstatePool counts, HugePage<TArch, TLayout> page)
    {
        if (page.IsOptimized)
        {
            if (!_optimizer.TryRestore(cpu, page))
            {
                return false;
            }

            Unmark(cpu, page);
        }

        FreeFrames(cpu, counts, page);
        return true;
    }

    private void Unmark(Cpu<TArch> cpu, HugePage<TArch, TLayout> page)
    {
        using (Lock.Hold(cpu))
        {
            new FolioHead<TArch>(cpu, page.HeadPfn).MarkHugeTlb(marked: false);
        }
    }

    private void FreeFrames(Cpu<TArch> cpu, HstatePool counts, HugePage<TArch, TLayout> page)
    {
        List<long>? poisoned = page.RawHwPoison.Close();
        CompoundPages.Free(_machine, cpu, page.HeadPfn, page.Hstate.Order);
        page.Place = HugePagePlace.Gone;
        _pages.Remove(page);
        if (poisoned is null)
        {
            _machine.PageAllocator.FreeBlock(page.HeadPfn, page.Hstate.Order, FrameUse.HugePage);
        }
        else
        {
            FreeAround(cpu, page, poisoned);
        }

        counts.AddLeaving(-1);
    }
}
