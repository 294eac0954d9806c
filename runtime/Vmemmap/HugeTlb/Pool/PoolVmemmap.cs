using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>
/// A pool's way to the optimizer: which huge pages may be optimized, that nobody uses them, and what is done for those that were not. It holds no lock.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How vmemmap is optimized.</typeparam>
internal sealed class PoolVmemmap<TArch, TLayout>(VmemmapRemapper<TArch> vmemmap, bool batched, bool optimize, PoolFigures figures)
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private bool _optimize = optimize;

    /// <summary>vm.hugetlb_optimize_vmemmap.</summary>
    public bool Optimizes
    {
        get => Volatile.Read(ref _optimize);
        set => Volatile.Write(ref _optimize, value);
    }

    /// <summary>Whether several are done together.</summary>
    public bool IsBatched => batched;

    /// <summary>Whether huge pages of a size are optimized now.</summary>
    public bool OptimizesSize(Hstate hstate) =>
        Optimizes && Optimizability.Of<TArch, TLayout>(vmemmap.Machine, hstate) == NotOptimizable.None;

    /// <summary>Makes the struct pages of a huge page's frames those of a huge page.</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="page">The huge page.</param>
    /// <param name="leaveTails">Whether the tails that are to be aliases are left as they are (hugetlb_folio_init_vmemmap, 6.8 on).</param>
    public void Prepare(Cpu<TArch> cpu, HugePage<TArch, TLayout> page, bool leaveTails)
    {
        long first = leaveTails ? FirstAlias(page) : page.Count;
        page.HasUninitializedTails = first < page.Count;
        CompoundPages.Prepare(vmemmap.Machine, cpu, page.HeadPfn, page.Hstate.Order, TailInfo(page), (ulong)(first - 1));
    }

    /// <summary>Optimizes one huge page, if that is to be.</summary>
    public void Optimize(Cpu<TArch> cpu, HugePage<TArch, TLayout> page)
    {
        if (ShouldOptimize(cpu, page) && !TLayout.TryOptimize(vmemmap, cpu, page))
        {
            figures.CountOptimizeFailure();
        }

        FinishTails(cpu, page);
    }

    /// <summary>Optimizes several huge pages, those that are to be.</summary>
    public void Optimize(Cpu<TArch> cpu, IReadOnlyList<HugePage<TArch, TLayout>> pages)
    {
        if (!batched)
        {
            for (int i = 0; i < pages.Count; i++)
            {
                Optimize(cpu, pages[i]);
            }

            return;
        }

        var wanted = new List<HugePage<TArch, TLayout>>(pages.Count);
        for (int i = 0; i < pages.Count; i++)
        {
            if (ShouldOptimize(cpu, pages[i]))
            {
                wanted.Add(pages[i]);
            }
        }

        if (wanted.Count > 0)
        {
            TLayout.OptimizeBatch(vmemmap, cpu, wanted);
        }

        foreach (HugePage<TArch, TLayout> page in wanted)
        {
            if (!page.IsOptimized)
            {
                figures.CountOptimizeFailure();
            }
        }

        for (int i = 0; i < pages.Count; i++)
        {
            FinishTails(cpu, pages[i]);
        }
    }

    /// <summary>Restores one huge page.</summary>
    /// <returns>False if memory was short.</returns>
    public bool TryRestore(Cpu<TArch> cpu, HugePage<TArch, TLayout> page)
    {
        RequireFrozen(cpu, page);
        if (!page.IsOptimized || TLayout.TryRestore(vmemmap, cpu, page))
        {
            return true;
        }

        figures.CountRestoreFailure();
        return false;
    }

    /// <summary>Restores several huge pages, and stops at the first for which memory is short.</summary>
    /// <returns>How many are restored, from the first on.</returns>
    public int RestoreBatch(Cpu<TArch> cpu, ArraySegment<HugePage<TArch, TLayout>> pages)
    {
        foreach (HugePage<TArch, TLayout> page in pages)
        {
            RequireFrozen(cpu, page);
        }

        int restored = TLayout.RestoreBatch(vmemmap, cpu, pages);
        if (restored < pages.Count)
        {
            figures.CountRestoreFailure();
        }

        return restored;
    }

    private bool ShouldOptimize(Cpu<TArch> cpu, HugePage<TArch, TLayout> page)
    {
        RequireFrozen(cpu, page);
        return !page.IsOptimized && OptimizesSize(page.Hstate) && !IsSelfHosted(cpu, page);
    }

    // The first page is enough: huge pages are aligned, and self-hosted vmemmap is at the start of the memory it is of (6.12
    // mm/hugetlb_vmemmap.c:105-134, -ENOTSUPP).
    private bool IsSelfHosted(Cpu<TArch> cpu, HugePage<TArch, TLayout> page)
    {
        ulong frame = vmemmap.FrameAt(page.FirstVmemmapPage);
        return (cpu.ReadWord(vmemmap.Machine.Vmemmap.AddressOf(frame)) & PageFlags.VmemmapSelfHosted) != 0;
    }

    private static void RequireFrozen(Cpu<TArch> cpu, HugePage<TArch, TLayout> page)
    {
        int references = new FolioHead<TArch>(cpu, page.HeadPfn).RefCount;
        if (references != 0)
        {
            throw new InconsistentMachineException(
                $"The vmemmap of the huge page at PFN 0x{page.HeadPfn:x} is to be remapped while it has {references} references.");
        }
    }

    private void FinishTails(Cpu<TArch> cpu, HugePage<TArch, TLayout> page)
    {
        if (page.HasUninitializedTails && !page.IsOptimized)
        {
            ulong first = (ulong)FirstAlias(page);
            StructPage tail = CompoundPages.Tail(vmemmap.Machine, page.HeadPfn, TailInfo(page));
            cpu.FillStructPages(page.HeadPfn + first, (ulong)page.Count - first, in tail);
        }

        page.HasUninitializedTails = false;
    }

    private long FirstAlias(HugePage<TArch, TLayout> page) =>
        page.Hstate.FirstReadOnlyIndex(TLayout.Layout, vmemmap.Machine.Vmemmap.StructPageSize) ?? page.Count;

    private ulong TailInfo(HugePage<TArch, TLayout> page) =>
        TLayout.TailInfo(vmemmap.Machine.Vmemmap.AddressOf(page.HeadPfn), page.Hstate.Order, vmemmap.Machine.Vmemmap.StructPageSize);
}
