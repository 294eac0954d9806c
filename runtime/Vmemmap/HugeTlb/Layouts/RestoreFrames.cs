using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>The frames that a restore needs: all of them before anything changes, or none.</summary>
internal static class RestoreFrames
{
    /// <summary>Allocates them (alloc_vmemmap_page_list).</summary>
    /// <returns>False if memory was short; what was allocated is freed.</returns>
    public static bool TryAllocate<TArch>(
        VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio, long count, bool thisNode, DeferredFrames frames)
        where TArch : struct, IArchitecture
    {
        for (long i = 0; i < count; i++)
        {
            if (!vmemmap.TryAllocateFrame(cpu, folio.Node, AllocationPurpose.VmemmapRestore, thisNode, out ulong frame))
            {
                vmemmap.FreeDeferred(cpu, frames);
                return false;
            }

            vmemmap.Defer(frame, frames);
        }

        return true;
    }

    /// <summary>Remaps pages whose table exists already: nothing can fail.</summary>
    public static void Remap<TArch, TRemap>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio, long firstPage, ref TRemap remap)
        where TArch : struct, IArchitecture
        where TRemap : struct, IEntryRemap<TArch>
    {
        if (!vmemmap.TryRemapRange(cpu, firstPage, folio.LastVmemmapPage, folio.Node, flushSplits: true, ref remap, out long walked))
        {
            throw new InconsistentMachineException($"The restore of an optimized folio met a block after {walked} entries.");
        }
    }
}
