using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>The first phase of a batch (v6.7): split everything, then flush once (f4b7e3efaddb).</summary>
internal static class BatchSplit
{
    public static void Split<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, IReadOnlyList<Folio> folios)
        where TArch : struct, IArchitecture
    {
        for (int i = 0; i < folios.Count; i++)
        {
            // The first that fails ends it: remapping frees memory, and the rest is split then.
            if (!vmemmap.TrySplit(cpu, folios[i].FirstVmemmapPage, folios[i].LastVmemmapPage, folios[i].Node, flush: false))
            {
                break;
            }
        }

        vmemmap.Machine.Raise(MachineEvent.BatchSplit, cpu);
        vmemmap.FlushAll(cpu);
    }
}
