using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>What generations without batches do with several folios.</summary>
internal static class OneByOne
{
    public static void Optimize<TArch, TLayout>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, IReadOnlyList<Folio> folios)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        for (int i = 0; i < folios.Count; i++)
        {
            TLayout.TryOptimize(vmemmap, cpu, folios[i]);
        }
    }

    public static int Restore<TArch, TLayout>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, IReadOnlyList<Folio> folios)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        for (int i = 0; i < folios.Count; i++)
        {
            if (folios[i].IsOptimized && !TLayout.TryRestore(vmemmap, cpu, folios[i]))
            {
                return i;
            }
        }

        return folios.Count;
    }
}
