using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>What both forms of ReserveTwo do to entries: pages 0 and 1 keep their frames, and page 1's serves all others.</summary>
internal static class ReserveTwoRemap
{
    /// <summary>Pages of vmemmap that are kept (RESERVE_VMEMMAP_NR).</summary>
    public const int Reserved = 2;

    /// <summary>Points pages 2 and on to page 1's frame.</summary>
    public static void Alias<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio, DeferredFrames deferred)
        where TArch : struct, IArchitecture
    {
        var alias = new AliasTo<TArch>(vmemmap, vmemmap.FrameAt(folio.FirstVmemmapPage + 1), deferred);
        if (!vmemmap.TryRemapRange(
            cpu, folio.FirstVmemmapPage + Reserved, folio.LastVmemmapPage, folio.Node, flushSplits: true, ref alias, out long walked))
        {
            throw new InconsistentMachineException($"The walk over vmemmap ended after {walked} entries: a block was left to split.");
        }
    }

    /// <summary>Gives pages 2 and on frames of their own again. All are allocated before anything changes.</summary>
    public static bool TryRestore<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio)
        where TArch : struct, IArchitecture
    {
        // GFP_KERNEL | __GFP_NORETRY | __GFP_THISNODE (v16 4/9).
        var frames = new DeferredFrames();
        if (!RestoreFrames.TryAllocate(vmemmap, cpu, folio, folio.VmemmapPages - Reserved, thisNode: true, frames))
        {
            return false;
        }

        // Page 1 holds nothing but plain tails, so its copies need no reset.
        var own = new OwnFrames<TArch>(vmemmap, vmemmap.FrameAt(folio.FirstVmemmapPage + 1), frames, reset: 0);
        RestoreFrames.Remap(vmemmap, cpu, folio, folio.FirstVmemmapPage + Reserved, ref own);
        vmemmap.FlushRange(cpu, folio.FirstVmemmapPage + Reserved, folio.LastVmemmapPage);
        vmemmap.MarkOptimized(cpu, folio, optimized: false);
        return true;
    }
}
