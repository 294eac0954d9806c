using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>Huge pages that make room: for a contiguous range, or because their users are moved.</summary>
public sealed partial class HugetlbPool<TArch, TLayout>
{
    /// <summary>Puts another huge page of the same node in the place of a free one, and gives that back (alloc_and_dissolve_hugetlb_folio).</summary>
    /// <param name="page">The huge page.</param>
    /// <param name="cpu">The CPU that does it.</param>
    /// <returns><see cref="DissolveResult.OutOfMemory"/> also where there is another huge page, but the old one could not be restored: then it is
    /// on its free list again, as surplus. Gigantic pages are never replaced.</returns>
    public DissolveResult TryReplace([VmemmapState(VmemmapState.Dissolved)] HugePage<TArch, TLayout> page, Cpu<TArch>? cpu = null)
    {
        RequireOurs(page);
        cpu = Or0(cpu);
        FlushWork(cpu);
        HstatePool counts = this[page.Hstate];
        if (counts.IsGigantic)
        {
            // A contiguous range would be looked for to make a contiguous range.
            return DissolveResult.OutOfMemory;
        }

        HugePage<TArch, TLayout>? made = null;
        DissolveResult? refused;
        for (var spin = default(SpinWait); !TryExchange(cpu, counts, page, made, out refused, out bool wantsPage);)
        {
            if (!wantsPage)
            {
                FlushWork(cpu);
                spin.SpinOnce();
                continue;
            }

            made = Take(cpu, counts, page.Node, thisNode: true);
            if (made is null)
            {
                return DissolveResult.OutOfMemory;
            }

            _optimizer.Optimize(cpu, made);
        }

        if (refused is { } reason)
        {
            Drop(cpu, counts, made);
            return reason;
        }

        return TryGiveBackNow(cpu, counts, page) ? DissolveResult.Done : DissolveResult.OutOfMemory;
    }

    /// <summary>
    /// Moves what a used huge page holds to another one of the same node and gives the old one back (migrate_huge_pages): a free page of the pool
    /// takes its place, or a temporary one, in which case the old page goes to the page allocator and the pool is as large as it was.
    /// </summary>
    /// <param name="page">The huge page, in use, with one reference.</param>
    /// <param name="cpu">The CPU that does it.</param>
    /// <returns>The huge page that holds it now; null if there is none, or others have references, and all is as it was.</returns>
    public HugePage<TArch, TLayout>? TryMigrate(HugePage<TArch, TLayout> page, Cpu<TArch>? cpu = null)
    {
        RequireOurs(page);
        cpu = Or0(cpu);
        HstatePool counts = this[page.Hstate];
        var oldHead = new FolioHead<TArch>(cpu, page.HeadPfn);
        if (page.Place != HugePagePlace.InUse || oldHead.RefCount != 1 || TakeForMigration(cpu, counts, page.Node) is not { } moved)
        {
            return null;
        }

        // What is promised moves along, and who is temporary is now the other (move_hugetlb_state).
        using (Lock.Hold(cpu))
        {
            var newHead = new FolioHead<TArch>(cpu, moved.HeadPfn);
            HugeTlbFlags old = oldHead.HugeTlbFlags;
            HugeTlbFlags made = newHead.HugeTlbFlags;
            const HugeTlbFlags Moving = HugeTlbFlags.RestoreReserve | HugeTlbFlags.Temporary | HugeTlbFlags.Migratable;
            oldHead.HugeTlbFlags = (old & ~Moving) | (made & HugeTlbFlags.Temporary);
            newHead.HugeTlbFlags = (made & ~Moving) | (old & Moving);
        }

        Free(page, cpu);
        return moved;
    }

    /// <summary>Puts a new huge page in the place of a free one, in one go: the counts never change for anybody who looks.</summary>
    /// <returns>False if the new one is wanted first, or the old one is between two places.</returns>
    private bool TryExchange(
        Cpu<TArch> cpu,
        HstatePool counts,
        HugePage<TArch, TLayout> page,
        HugePage<TArch, TLayout>? made,
        out DissolveResult? refused,
        out bool wantsPage)
    {
        using KernelLock.Scope<TArch> held = Lock.Hold(cpu);
        wantsPage = false;
        refused = null;
        if (page.Place != HugePagePlace.Free || IsPermanent(page))
        {
            refused = page.Place == HugePagePlace.Free ? DissolveResult.Permanent : RefusedWhere(cpu, page);
            return refused is not null;
        }

        if (made is null)
        {
            wantsPage = true;
            return false;
        }

        Remove(cpu, counts, page, adjustSurplus: false);
        Account(counts, made);
        Enqueue(cpu, counts, made);
        return true;
    }

    /// <summary>Takes a huge page for what another one holds (alloc_hugetlb_folio_nodemask): never of another node, because that would change the nodes' shares.</summary>
    private HugePage<TArch, TLayout>? TakeForMigration(Cpu<TArch> cpu, HstatePool counts, int node)
    {
        using (Lock.Hold(cpu))
        {
            if (counts.AvailablePages > 0 && Dequeue(cpu, counts, node) is { } free)
            {
                return free;
            }
        }

        if (counts.IsGigantic || Options.FreePolicy == FreePolicy.Permanent || Take(cpu, counts, node, thisNode: true) is not { } page)
        {
            return null;
        }

        _optimizer.Optimize(cpu, page);
        using (Lock.Hold(cpu))
        {
            Account(counts, page);
            var head = new FolioHead<TArch>(cpu, page.HeadPfn);
            head.HugeTlbFlags |= HugeTlbFlags.Temporary;
            Use(cpu, page);
        }

        return page;
    }

    // It was never counted. If it cannot be restored it is, as surplus: nothing is lost.
    private void Drop(Cpu<TArch> cpu, HstatePool counts, HugePage<TArch, TLayout>? page)
    {
        if (page is null)
        {
            return;
        }

        using (Lock.Hold(cpu))
        {
            Account(counts, page);
            Remove(cpu, counts, page, adjustSurplus: false);
        }

        TryGiveBackNow(cpu, counts, page);
    }
}
