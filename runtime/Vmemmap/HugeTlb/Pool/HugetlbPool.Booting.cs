using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>Huge pages that boot memory set aside.</summary>
public sealed partial class HugetlbPool<TArch, TLayout>
{
    /// <summary>
    /// Makes them huge pages of the pool (gather_bootmem_prealloc, 6.8 on). Tails that are to be aliases are not initialised: only where
    /// optimizing is off, or fails, they are.
    /// </summary>
    private void AdoptBootPages(Cpu<TArch> cpu)
    {
        IReadOnlyList<BootHugePage> boot = _machine.ClaimBootHugePages();
        if (boot.Count == 0)
        {
            return;
        }

        var pages = new List<HugePage<TArch, TLayout>>[_hstates.Length];
        foreach (BootHugePage page in boot)
        {
            int index = IndexOf(1UL << (page.Order + TArch.PageShift));
            Hstate hstate = _hstates[index].Hstate;
            (pages[index] ??= []).Add(Make(cpu, hstate, page.Pfn, leaveTails: _optimizer.OptimizesSize(hstate)));
        }

        for (int i = 0; i < pages.Length; i++)
        {
            if (pages[i] is { } some)
            {
                AddToPool(cpu, _hstates[i], some);
                Settle(cpu, _hstates[i], node: null);
            }
        }
    }
}
