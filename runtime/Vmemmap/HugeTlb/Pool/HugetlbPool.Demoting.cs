using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>Huge pages made into smaller ones (6.12 mm/hugetlb.c, demote_pool_huge_page).</summary>
public sealed partial class HugetlbPool<TArch, TLayout>
{
    /// <summary>The sizes that huge pages of a size can be made into, the largest first: that is the one taken if none is named.</summary>
    /// <param name="hstate">The size.</param>
    /// <exception cref="ArgumentException">The architecture has no such size.</exception>
    public IReadOnlyList<Hstate> DemoteTargets(Hstate hstate)
    {
        int order = this[hstate].Hstate.Order;
        return [.. _hstates.Select(counts => counts.Hstate).Where(other => other.Order < order).OrderByDescending(other => other.Order)];
    }

    /// <summary>Makes free huge pages into smaller ones that stay in the pool. Promised ones are left alone.</summary>
    /// <param name="hstate">The size to make smaller.</param>
    /// <param name="count">How many.</param>
    /// <param name="target">The size to make (demote_size); null: the next smaller one.</param>
    /// <param name="node">The node; null: all.</param>
    /// <param name="cpu">The CPU that does it.</param>
    /// <returns>How many were; fewer if not so many are free, or memory to restore their vmemmap was short. Those that failed are free huge pages of their size as before.</returns>
    /// <exception cref="ArgumentException">The architecture has no such size, or none below it, or the target is none of <see cref="DemoteTargets"/>,
    /// or the machine has no such node, or the count does not fit.</exception>
    public long Demote(Hstate hstate, long count, Hstate? target = null, int? node = null, Cpu<TArch>? cpu = null)
    {
        HstatePool source = this[hstate];
        RequireNode(node);
        RequireCount(source, count);
        HstatePool smaller = this[TargetOf(hstate, target)];
        cpu = Or0(cpu);

        // The larger size's first, so that two demotions do not wait for each other.
        using KernelLock.Scope<TArch> resizing = source.ResizeLock.Hold(cpu);
        long free = MarkFree();
        long demoted = 0;
        long surplus = 0;
        int failed = 0;
        for (int i = 0; i < (node is null ? _machine.Nodes.Count : 1) && demoted < count && failed == 0; i++)
        {
            int from = node ?? NextToFreeUnderLock(cpu, source);
            long more;
            do
            {
                // All of a node together; one by one where there are no batches.
                more = DemoteOn(cpu, source, smaller, from, _optimizer.IsBatched ? count - demoted : 1, out failed, out long surplusOfThem);
                demoted += more;
                surplus += surplusOfThem;
            }
            while (!_optimizer.IsBatched && more > 0 && demoted < count && failed == 0);
        }

        Figures.RaiseDemotePeak(free - _machine.Books.LowestFree);
        using (Lock.Hold(cpu))
        {
            // A surplus page was never asked for, and what is made of it is none.
            source.AddMaximal(surplus - demoted);
            smaller.AddMaximal(demoted << (source.Hstate.Order - smaller.Hstate.Order));
        }

        return demoted;
    }

    private Hstate TargetOf(Hstate hstate, Hstate? target)
    {
        IReadOnlyList<Hstate> targets = DemoteTargets(hstate);
        if (targets.Count == 0)
        {
            throw new ArgumentException($"{TArch.Name} has no huge pages smaller than {hstate.Name}.", nameof(hstate));
        }

        return target switch
        {
            null => targets[0],
            { } named when targets.Contains(named) => named,
            { } other => throw new ArgumentException(
                $"{hstate.Name} pages cannot be made into {other.Name}: what can be made of them is {string.Join(", ", targets.Select(known => known.Name))}.",
                nameof(target)),
        };
    }

    private int NextToFreeUnderLock(Cpu<TArch> cpu, HstatePool counts)
    {
        using (Lock.Hold(cpu))
        {
            return NextToFree(counts);
        }
    }

    private long DemoteOn(Cpu<TArch> cpu, HstatePool source, HstatePool target, int node, long atMost, out int failed, out long surplus)
    {
        var taken = new List<(HugePage<TArch, TLayout> Page, bool WasSurplus)>();
        using (Lock.Hold(cpu))
        {
            long wanted = Math.Min(atMost, source.AvailablePages);
            for (HugePage<TArch, TLayout>? page = FreeListOf(source, node).First; page is not null && taken.Count < wanted;)
            {
                HugePage<TArch, TLayout>? next = page.Next;
                if (!page.IsPoisoned && !IsPermanent(page))
                {
                    // A node cannot have more surplus pages than pages.
                    bool isSurplus = source.SurplusPagesOf(node) == source.PagesOf(node);
                    Remove(cpu, source, page, isSurplus);
                    taken.Add((page, isSurplus));
                }

                page = next;
            }
        }

        int restored = taken.Count == 0 ? 0 : _optimizer.RestoreBatch(cpu, taken.Select(each => each.Page).ToArray());
        List<HugePage<TArch, TLayout>> done = PutBackFailed(cpu, source, taken, restored, out surplus);
        failed = taken.Count - done.Count;
        var made = new List<HugePage<TArch, TLayout>>();
        foreach (HugePage<TArch, TLayout> page in done)
        {
            SplitUp(cpu, source, target, page, made);
        }

        using (target.ResizeLock.Hold(cpu))
        {
            AddToPool(cpu, target, made);
        }

        return done.Count;
    }

    // Behind the first that failed there may be some that were never optimized: these can be made smaller all the same.
    private List<HugePage<TArch, TLayout>> PutBackFailed(
        Cpu<TArch> cpu, HstatePool source, List<(HugePage<TArch, TLayout> Page, bool WasSurplus)> taken, int restored, out long surplus)
    {
        surplus = 0;
        var done = new List<HugePage<TArch, TLayout>>(taken.Count);
        using (Lock.Hold(cpu))
        {
            for (int i = 0; i < taken.Count; i++)
            {
                if (i < restored || !taken[i].Page.IsOptimized)
                {
                    done.Add(taken[i].Page);
                    surplus += taken[i].WasSurplus ? 1 : 0;
                }
                else
                {
                    AddBack(cpu, source, taken[i].Page, taken[i].WasSurplus);
                }
            }
        }

        return done;
    }

    private void SplitUp(Cpu<TArch> cpu, HstatePool source, HstatePool target, HugePage<TArch, TLayout> page, List<HugePage<TArch, TLayout>> made)
    {
        page.Place = HugePagePlace.Gone;
        List<long>? poisoned = page.RawHwPoison.Close();
        _pages.Remove(page);
        int first = made.Count;
        for (ulong offset = 0; offset < (ulong)page.Count; offset += (ulong)target.Hstate.StructPages)
        {
            made.Add(Make(cpu, target.Hstate, page.HeadPfn + offset, leaveTails: false));
        }

        // An error that was reported while it was restored.
        foreach (long index in poisoned ?? [])
        {
            TryPoison(cpu, made[first + (int)(index / target.Hstate.StructPages)], page.HeadPfn + (ulong)index, out _);
        }

        source.AddLeaving(-1);
    }
}
