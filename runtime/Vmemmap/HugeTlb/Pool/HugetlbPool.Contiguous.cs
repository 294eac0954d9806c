using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>Ranges of frames taken whole (6.12 mm/page_alloc.c, alloc_contig_range).</summary>
public sealed partial class HugetlbPool<TArch, TLayout>
{
    /// <summary>
    /// Takes exactly these frames, for something else than the pool: free ones, and those of huge pages, which are replaced if they are free and moved
    /// if they are used (isolate_or_dissolve_huge_folio).
    /// </summary>
    /// <param name="pfn">The first frame.</param>
    /// <param name="count">Frames, within one zone.</param>
    /// <param name="cpu">The CPU that does it.</param>
    /// <returns>False if the range has something that cannot be moved, or memory was short. Huge pages that were replaced by then stay so.</returns>
    public bool TryAllocateContiguous(ulong pfn, ulong count, Cpu<TArch>? cpu = null)
    {
        cpu = Or0(cpu);
        var taken = new List<(ulong Pfn, ulong Count)>();
        var pages = new List<HugePage<TArch, TLayout>>();
        bool done = TryTakeFree(pfn, count, taken, pages);
        for (int i = 0; done && i < pages.Count; i++)
        {
            ulong first = Math.Max(pfn, pages[i].HeadPfn);
            ulong end = Math.Min(pfn + count, pages[i].HeadPfn + (ulong)pages[i].Count);
            done = TryMakeRoom(cpu, pages[i]) && _machine.PageAllocator.TryTake(first, end - first, FrameUse.Other);
            if (done)
            {
                taken.Add((first, end - first));
            }
        }

        if (!done)
        {
            foreach ((ulong first, ulong frames) in taken)
            {
                _machine.PageAllocator.FreeRange(first, frames, FrameUse.Other);
            }

            return false;
        }

        Zone zone = _machine.ZoneOf(pfn);
        StructPage page = StructPage.Initialized(zone.Node, (int)zone.Kind, refCount: 1);
        cpu.FillStructPages(pfn, count, in page);
        return true;
    }

    /// <summary>Gives frames of <see cref="TryAllocateContiguous"/> back (free_contig_range), all but those that got a memory error meanwhile.</summary>
    /// <param name="pfn">The first frame.</param>
    /// <param name="count">Frames.</param>
    /// <param name="cpu">The CPU that does it.</param>
    public void FreeContiguous(ulong pfn, ulong count, Cpu<TArch>? cpu = null)
    {
        cpu = Or0(cpu);
        ulong end = pfn + count;
        ulong first = pfn;
        for (; pfn < end; pfn++)
        {
            if (cpu.ReadStructPage(pfn).IsHwPoisoned)
            {
                // Never to be allocated again (6.12 mm/page_alloc.c, free_pages_prepare).
                FreeRun(cpu, first, pfn - first);
                _machine.Books.Move(FrameUse.Other, FrameUse.Poisoned, 1);
                first = pfn + 1;
            }
        }

        FreeRun(cpu, first, end - first);
    }

    private void FreeRun(Cpu<TArch> cpu, ulong pfn, ulong count)
    {
        if (count > 0)
        {
            Zone zone = _machine.ZoneOf(pfn);
            StructPage page = StructPage.Initialized(zone.Node, (int)zone.Kind, refCount: 0);
            cpu.FillStructPages(pfn, count, in page);
            _machine.PageAllocator.FreeRange(pfn, count, FrameUse.Other);
        }
    }

    // Free frames first: what takes the place of a huge page must not come from the range (MIGRATE_ISOLATE).
    private bool TryTakeFree(ulong pfn, ulong count, List<(ulong Pfn, ulong Count)> taken, List<HugePage<TArch, TLayout>> pages)
    {
        Zone zone = _machine.ZoneOf(pfn);
        ulong end = pfn + count;
        while (pfn < end)
        {
            if (_pages.Containing(pfn) is { } page)
            {
                pages.Add(page);
                pfn = page.HeadPfn + (ulong)page.Count;
                continue;
            }

            ulong run = pfn;
            while (run < end && zone.IsFree(run))
            {
                run++;
            }

            if (run == pfn || !_machine.PageAllocator.TryTake(pfn, run - pfn, FrameUse.Other))
            {
                return false;
            }

            taken.Add((pfn, run - pfn));
            pfn = run;
        }

        return true;
    }

    private bool TryMakeRoom(Cpu<TArch> cpu, HugePage<TArch, TLayout> page)
    {
        DissolveResult result = TryReplace(page, cpu);
        if (result == DissolveResult.InUse && TryMigrate(page, cpu) is not null)
        {
            // It went to the page allocator, or to its free list.
            result = TryReplace(page, cpu);
        }

        return result is DissolveResult.Done or DissolveResult.NotAHugePage;
    }
}
