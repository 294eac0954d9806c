using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>Free huge pages given back to the page allocator one by one: for memory that goes offline, and for pages with memory errors.</summary>
public sealed partial class HugetlbPool<TArch, TLayout>
{
    /// <summary>Gives a free huge page back to the page allocator (dissolve_free_hugetlb_folio).</summary>
    /// <param name="page">The huge page.</param>
    /// <param name="cpu">The CPU that does it.</param>
    /// <returns>If memory was short the huge page is on its free list again, with the surplus and the size of the pool as they were.</returns>
    public DissolveResult Dissolve([VmemmapState(VmemmapState.Dissolved)] HugePage<TArch, TLayout> page, Cpu<TArch>? cpu = null)
    {
        RequireOurs(page);
        cpu = Or0(cpu);

        // Those that are on their way out are to be really gone (v7 12/15).
        FlushWork(cpu);
        HstatePool counts = this[page.Hstate];
        DissolveResult? refused;
        bool adjustSurplus;
        for (var spin = default(SpinWait); !TryRemove(cpu, counts, page, out refused, out adjustSurplus); spin.SpinOnce())
        {
            FlushWork(cpu);
        }

        if (refused is { } reason)
        {
            return reason;
        }

        if (TryRestoreAndFree(cpu, counts, page))
        {
            return DissolveResult.Done;
        }

        using (Lock.Hold(cpu))
        {
            AddBack(cpu, counts, page, adjustSurplus);
            counts.AddMaximal(adjustSurplus ? 0 : 1);
        }

        return DissolveResult.OutOfMemory;
    }

    /// <summary>Gives the free huge pages of a range back, so that the memory can go offline; stops at the first that cannot (dissolve_free_hugetlb_folios).</summary>
    /// <param name="pfn">The first frame.</param>
    /// <param name="count">Frames.</param>
    /// <param name="cpu">The CPU that does it.</param>
    /// <returns><see cref="DissolveResult.Done"/> if the range has no huge page of this pool any more.</returns>
    public DissolveResult DissolveRange(ulong pfn, ulong count, Cpu<TArch>? cpu = null)
    {
        cpu = Or0(cpu);
        FlushWork(cpu);
        ulong step = SmallestHugePage;
        for (ulong at = pfn & ~(step - 1); at < pfn + count; at += step)
        {
            if (_pages.Containing(at) is not { } page)
            {
                continue;
            }

            DissolveResult result = Dissolve(page, cpu);
            if (result is not (DissolveResult.Done or DissolveResult.NotAHugePage))
            {
                return result;
            }
        }

        return DissolveResult.Done;
    }

    /// <summary>Takes a free huge page out of the pool, or says why it stays.</summary>
    /// <returns>False if it is between two places: another CPU is about to put it on a free list, or to free it.</returns>
    private bool TryRemove(Cpu<TArch> cpu, HstatePool counts, HugePage<TArch, TLayout> page, out DissolveResult? refused, out bool adjustSurplus)
    {
        using KernelLock.Scope<TArch> held = Lock.Hold(cpu);
        adjustSurplus = false;
        refused = null;
        if (page.Place != HugePagePlace.Free)
        {
            refused = RefusedWhere(cpu, page);
            return refused is not null;
        }

        if (counts.AvailablePages <= 0 || IsPermanent(page))
        {
            refused = IsPermanent(page) ? DissolveResult.Permanent : DissolveResult.InUse;
            return true;
        }

        // Unlike the kernel, which counts max_huge_pages down for a surplus page too: that one was never asked for.
        adjustSurplus = counts.SurplusPagesOf(page.Node) > 0;
        Remove(cpu, counts, page, adjustSurplus);
        counts.AddMaximal(adjustSurplus ? 0 : -1);
        return true;
    }

    private static DissolveResult? RefusedWhere(Cpu<TArch> cpu, HugePage<TArch, TLayout> page) => page.Place switch
    {
        HugePagePlace.Gone => DissolveResult.NotAHugePage,
        HugePagePlace.InUse when page.IsInScope || new FolioHead<TArch>(cpu, page.HeadPfn).RefCount > 0 => DissolveResult.InUse,
        _ => null,
    };

    private ulong SmallestHugePage
    {
        get
        {
            int order = int.MaxValue;
            foreach (HstatePool counts in _hstates)
            {
                order = Math.Min(order, counts.Hstate.Order);
            }

            return 1UL << order;
        }
    }
}
