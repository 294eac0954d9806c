using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>Promises: free huge pages that are kept for who asked for them.</summary>
public sealed partial class HugetlbPool<TArch, TLayout>
{
    /// <summary>Promises huge pages, and makes surplus ones where too few are free and overcommit allows (gather_surplus_pages).</summary>
    /// <param name="hstate">The size.</param>
    /// <param name="count">How many.</param>
    /// <param name="cpu">The CPU that does it.</param>
    /// <returns>False if there are not so many; then nothing is promised.</returns>
    /// <exception cref="ArgumentException">The architecture has no such size, or the count does not fit.</exception>
    public bool TryReserve(Hstate hstate, long count, Cpu<TArch>? cpu = null)
    {
        HstatePool counts = this[hstate];
        RequireCount(counts, count);
        cpu = Or0(cpu);
        var made = new List<HugePage<TArch, TLayout>>();
        while (true)
        {
            long needed;
            using (Lock.Hold(cpu))
            {
                needed = counts.ReservedPages + count - (counts.FreePages + made.Count);
                if (needed <= 0)
                {
                    counts.AddReserved(count);

                    // Surplus pages that others made needless in the meantime go back.
                    long wanted = made.Count + needed;
                    while (made.Count > 0 && wanted-- > 0)
                    {
                        Enqueue(cpu, counts, made[^1]);
                        made.RemoveAt(made.Count - 1);
                    }
                }
            }

            if (needed <= 0 || !TryTakeSurplus(cpu, counts, needed, made))
            {
                GiveBackSurplus(cpu, counts, made);
                return needed <= 0;
            }
        }
    }

    /// <summary>Takes promises back; surplus pages that nobody needs any more are freed (return_unused_surplus_pages).</summary>
    /// <param name="hstate">The size.</param>
    /// <param name="count">How many.</param>
    /// <param name="cpu">The CPU that does it.</param>
    /// <exception cref="ArgumentException">The architecture has no such size, or fewer pages are promised.</exception>
    public void ReleaseReservation(Hstate hstate, long count, Cpu<TArch>? cpu = null)
    {
        HstatePool counts = this[hstate];
        cpu = Or0(cpu);
        var removed = new List<HugePage<TArch, TLayout>>();
        using (Lock.Hold(cpu))
        {
            if (count < 0 || count > counts.ReservedPages)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(count), count, $"{count} promises are taken back: {counts.ReservedPages} pages of {hstate.Name} are promised.");
            }

            long surplus = counts.IsGigantic ? 0 : Math.Min(count, counts.SurplusPages);
            while (surplus-- > 0 && RemoveOne(cpu, counts, onlyNode: null, surplus: true) is { } page)
            {
                removed.Add(page);
            }

            counts.AddReserved(-count);
        }

        if (removed.Count > 0)
        {
            GiveBack(cpu, counts, removed);
        }
    }

    private bool TryTakeSurplus(Cpu<TArch> cpu, HstatePool counts, long needed, List<HugePage<TArch, TLayout>> made)
    {
        for (long i = 0; i < needed; i++)
        {
            if (TakeSurplus(cpu, counts, node: 0) is not { } page)
            {
                return false;
            }

            made.Add(page);
        }

        return true;
    }

    private void GiveBackSurplus(Cpu<TArch> cpu, HstatePool counts, List<HugePage<TArch, TLayout>> made)
    {
        foreach (HugePage<TArch, TLayout> page in made)
        {
            using (Lock.Hold(cpu))
            {
                if (IsPermanent(page))
                {
                    Enqueue(cpu, counts, page);
                    continue;
                }

                Remove(cpu, counts, page, adjustSurplus: true);
            }

            GiveBack(cpu, counts, page);
        }
    }
}
