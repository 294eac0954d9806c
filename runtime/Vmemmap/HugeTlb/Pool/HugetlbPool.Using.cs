using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>Huge pages that somebody uses: allocated, and freed.</summary>
public sealed partial class HugetlbPool<TArch, TLayout>
{
    /// <summary>Allocates a huge page: a free one, or a surplus one where that is allowed (alloc_hugetlb_folio).</summary>
    /// <param name="hstate">The size.</param>
    /// <param name="node">The node to try first; null: node 0.</param>
    /// <param name="useReserve">Whether one of the promised pages is taken: see <see cref="TryReserve"/>. The promise is kept with the page until
    /// <see cref="CommitReservation"/>, and comes back if it is freed before.</param>
    /// <param name="cpu">The CPU that does it.</param>
    /// <returns>The huge page, with one reference; null if there is none.</returns>
    /// <exception cref="ArgumentException">The architecture has no such size or the machine no such node.</exception>
    /// <exception cref="InvalidOperationException">A promised page is asked for and none is promised.</exception>
    public HugePage<TArch, TLayout>? TryAllocate(Hstate hstate, int? node = null, bool useReserve = false, Cpu<TArch>? cpu = null)
    {
        HstatePool counts = this[hstate];
        RequireNode(node);
        cpu = Or0(cpu);
        using (Lock.Hold(cpu))
        {
            if (useReserve && counts.ReservedPages == 0)
            {
                throw new InvalidOperationException($"No page of {hstate.Name} is promised to anybody.");
            }

            if ((useReserve || counts.AvailablePages > 0) && DequeueAnywhere(cpu, counts, node ?? 0) is { } page)
            {
                return useReserve ? WithReservation(cpu, counts, page) : page;
            }
        }

        if (TakeSurplus(cpu, counts, node ?? 0) is not { } surplus)
        {
            return null;
        }

        using (Lock.Hold(cpu))
        {
            Use(cpu, surplus);
            return useReserve && counts.ReservedPages > 0 ? WithReservation(cpu, counts, surplus) : surplus;
        }
    }

    /// <summary>Drops a reference; the last one frees the huge page (folio_put, free_huge_folio): to the pool, or to the page allocator if it is surplus,
    /// temporary or has a memory error.</summary>
    /// <param name="page">The huge page.</param>
    /// <param name="cpu">The CPU that does it.</param>
    /// <exception cref="InconsistentMachineException">Nobody has a reference to it.</exception>
    public void Free(HugePage<TArch, TLayout> page, Cpu<TArch>? cpu = null)
    {
        RequireOurs(page);
        cpu = Or0(cpu);
        if (page.Place != HugePagePlace.InUse)
        {
            throw new InconsistentMachineException($"The huge page at PFN 0x{page.HeadPfn:x} is freed, and is {page.Place} instead of in use.");
        }

        var head = new FolioHead<TArch>(cpu, page.HeadPfn);
        if (head.AddReferences(-1) > 0)
        {
            return;
        }

        HstatePool counts = this[page.Hstate];
        using (Lock.Hold(cpu))
        {
            HugeTlbFlags flags = head.HugeTlbFlags;
            head.HugeTlbFlags = flags & ~(HugeTlbFlags.Migratable | HugeTlbFlags.RestoreReserve);
            if ((flags & HugeTlbFlags.RestoreReserve) != 0)
            {
                counts.AddReserved(1);
            }

            bool isTemporary = (flags & HugeTlbFlags.Temporary) != 0;
            bool isSurplus = !isTemporary && counts.SurplusPagesOf(page.Node) > 0;

            // Unlike the kernel, a promise that came back keeps its page, though the page be surplus.
            bool isPromised = !isTemporary && counts.ReservedPages > counts.FreePages;
            if (isPromised || IsPermanent(page) || (!isTemporary && !isSurplus && !page.IsPoisoned))
            {
                Enqueue(cpu, counts, page);
                return;
            }

            if (!isTemporary && !isSurplus)
            {
                counts.AddMaximal(-1);
            }

            Remove(cpu, counts, page, isSurplus);
        }

        GiveBack(cpu, counts, page);
    }

    /// <summary>Uses up the promise that a huge page was allocated from: freeing it does not bring it back.</summary>
    /// <param name="page">The huge page, in use.</param>
    /// <param name="cpu">The CPU that does it.</param>
    public void CommitReservation(HugePage<TArch, TLayout> page, Cpu<TArch>? cpu = null)
    {
        RequireOurs(page);
        cpu = Or0(cpu);
        using (Lock.Hold(cpu))
        {
            var head = new FolioHead<TArch>(cpu, page.HeadPfn);
            head.HugeTlbFlags &= ~HugeTlbFlags.RestoreReserve;
        }
    }

    private static HugePage<TArch, TLayout> WithReservation(Cpu<TArch> cpu, HstatePool counts, HugePage<TArch, TLayout> page)
    {
        var head = new FolioHead<TArch>(cpu, page.HeadPfn);
        head.HugeTlbFlags |= HugeTlbFlags.RestoreReserve;
        counts.AddReserved(-1);
        return page;
    }

    private HugePage<TArch, TLayout>? DequeueAnywhere(Cpu<TArch> cpu, HstatePool counts, int node)
    {
        for (int i = 0; i < _machine.Nodes.Count; i++)
        {
            if (Dequeue(cpu, counts, (node + i) % _machine.Nodes.Count) is { } page)
            {
                return page;
            }
        }

        return null;
    }

    /// <summary>Makes a huge page beyond the pool's size, if overcommit allows; frozen and counted (alloc_surplus_hugetlb_folio).</summary>
    private HugePage<TArch, TLayout>? TakeSurplus(Cpu<TArch> cpu, HstatePool counts, int node)
    {
        if (counts.IsGigantic || !MayOvercommit(cpu, counts) || Take(cpu, counts, node, thisNode: false) is not { } page)
        {
            return null;
        }

        _optimizer.Optimize(cpu, page);
        using (Lock.Hold(cpu))
        {
            Account(counts, page);
            if (counts.SurplusPages < counts.OvercommitLimit || IsPermanent(page))
            {
                counts.AddSurplus(page.Node, 1);
                return page;
            }

            // Another CPU was faster.
            Remove(cpu, counts, page, adjustSurplus: false);
        }

        GiveBack(cpu, counts, page);
        return null;
    }

    private bool MayOvercommit(Cpu<TArch> cpu, HstatePool counts)
    {
        using (Lock.Hold(cpu))
        {
            return counts.SurplusPages < counts.OvercommitLimit;
        }
    }
}
