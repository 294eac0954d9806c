using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>What changes the counts. All of it under the pool's lock.</summary>
public sealed partial class HugetlbPool<TArch, TLayout>
{
    private FreeList<TArch, TLayout> FreeListOf(HstatePool counts, int node) => _freeLists[Array.IndexOf(_hstates, counts)][node];

    /// <summary>Puts a huge page on its free list (enqueue_hugetlb_folio).</summary>
    private void Enqueue(Cpu<TArch> cpu, HstatePool counts, HugePage<TArch, TLayout> page)
    {
        MarkAgainIfPoisoned(cpu, page);
        var head = new FolioHead<TArch>(cpu, page.HeadPfn);
        head.HugeTlbFlags |= HugeTlbFlags.Freed;
        FreeListOf(counts, page.Node).Add(page);
        counts.AddFree(page.Node, 1);
        page.Place = HugePagePlace.Free;
    }

    /// <summary>Takes a huge page off its free list for somebody to use (dequeue_hugetlb_folio_node_exact).</summary>
    private HugePage<TArch, TLayout>? Dequeue(Cpu<TArch> cpu, HstatePool counts, int node)
    {
        HugePage<TArch, TLayout>? page = FreeListOf(counts, node).First;
        while (page is { IsPoisoned: true })
        {
            page = page.Next;
        }

        if (page is not null)
        {
            Unlink(cpu, counts, page);
            Use(cpu, page);
        }

        return page;
    }

    /// <summary>Gives a huge page its first reference (folio_ref_unfreeze).</summary>
    private void Use(Cpu<TArch> cpu, HugePage<TArch, TLayout> page)
    {
        MarkAgainIfPoisoned(cpu, page);
        page.Place = HugePagePlace.InUse;
        new FolioHead<TArch>(cpu, page.HeadPfn).AddReferences(1);
    }

    private void Unlink(Cpu<TArch> cpu, HstatePool counts, HugePage<TArch, TLayout> page)
    {
        var head = new FolioHead<TArch>(cpu, page.HeadPfn);
        head.HugeTlbFlags &= ~HugeTlbFlags.Freed;
        FreeListOf(counts, page.Node).Remove(page);
        counts.AddFree(page.Node, -1);
    }

    /// <summary>Counts a huge page that is new (__prep_account_new_huge_page).</summary>
    private static void Account(HstatePool counts, HugePage<TArch, TLayout> page) => counts.AddPages(page.Node, 1);

    /// <summary>
    /// Takes a huge page out of the pool (remove_hugetlb_folio). The mark goes with it only if it is not optimized: while its tails
    /// are aliases, whoever meets it must know.
    /// </summary>
    private void Remove(Cpu<TArch> cpu, HstatePool counts, HugePage<TArch, TLayout> page, bool adjustSurplus)
    {
        if (page.Place == HugePagePlace.Free)
        {
            Unlink(cpu, counts, page);
        }

        if (adjustSurplus)
        {
            counts.AddSurplus(page.Node, -1);
        }

        if (!page.IsOptimized)
        {
            new FolioHead<TArch>(cpu, page.HeadPfn).MarkHugeTlb(marked: false);
        }

        counts.AddPages(page.Node, -1);
        counts.AddLeaving(1);
        page.Place = HugePagePlace.Leaving;
    }

    /// <summary>Puts back a huge page that could not be restored (add_hugetlb_folio).</summary>
    private void AddBack(Cpu<TArch> cpu, HstatePool counts, HugePage<TArch, TLayout> page, bool adjustSurplus)
    {
        if (!page.IsOptimized)
        {
            throw new InconsistentMachineException($"The huge page at PFN 0x{page.HeadPfn:x} comes back to the pool, though its vmemmap is restored.");
        }

        counts.AddLeaving(-1);
        counts.AddPages(page.Node, 1);
        if (adjustSurplus)
        {
            counts.AddSurplus(page.Node, 1);
        }

        var head = new FolioHead<TArch>(cpu, page.HeadPfn);
        head.MarkHugeTlb(marked: true);
        head.HugeTlbFlags = HugeTlbFlags.VmemmapOptimized;
        Enqueue(cpu, counts, page);
    }

    /// <summary>Makes one page of a node surplus, or one surplus page an ordinary one (adjust_pool_surplus).</summary>
    private bool TryAdjustSurplus(HstatePool counts, int? onlyNode, int delta)
    {
        int nodes = _machine.Nodes.Count;
        for (int i = 0; i < (onlyNode is null ? nodes : 1); i++)
        {
            int node = onlyNode ?? (delta < 0 ? NextToAllocate(counts) : NextToFree(counts));
            if (delta < 0 ? counts.SurplusPagesOf(node) > 0 : counts.SurplusPagesOf(node) < counts.PagesOf(node))
            {
                counts.AddSurplus(node, delta);
                return true;
            }
        }

        return false;
    }

    private int NextToAllocate(HstatePool counts)
    {
        int node = counts.NextNodeToAllocate;
        counts.NextNodeToAllocate = (node + 1) % _machine.Nodes.Count;
        return node;
    }

    private int NextToFree(HstatePool counts)
    {
        int node = counts.NextNodeToFree;
        counts.NextNodeToFree = (node + 1) % _machine.Nodes.Count;
        return node;
    }
}
