using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>What the forms of ReserveOne do to entries: page 0 keeps a frame, and all others alias it.</summary>
internal static class ReserveOneRemap
{
    /// <summary>
    /// Struct pages at the start of a folio that hold more than a tail does (its head and three tails with words of the folio). Copies of
    /// the head's page get plain tails there when they are restored: NR_RESET_STRUCT_PAGE, 3 in 6.1 (mm/hugetlb_vmemmap.c:259-266), where the
    /// fourth is known to be clear.
    /// </summary>
    public const int FolioStructPages = 4;

    /// <summary>Points all pages but the first to the head frame, and the first one, too, if that frame is new.</summary>
    /// <returns>False if memory for a split was short; the entries are as they were.</returns>
    public static bool TryAlias<TArch>(
        VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio, ulong headFrame, bool flushSplits, DeferredFrames deferred)
        where TArch : struct, IArchitecture
    {
        // An entry that stays as it is must not even be broken.
        bool moves = vmemmap.FrameAt(folio.FirstVmemmapPage) != headFrame;
        long first = moves ? folio.FirstVmemmapPage : folio.FirstVmemmapPage + 1;
        var move = new MoveHead<TArch>(vmemmap, folio.FirstVmemmapPage, headFrame, headFrame, deferred);
        if (vmemmap.TryRemapRange(cpu, first, folio.LastVmemmapPage, folio.Node, flushSplits, ref move, out long walked))
        {
            return true;
        }

        if (walked > 0)
        {
            // The first page stays on its new frame, which holds the same.
            var undo = new OwnFrames<TArch>(vmemmap, headFrame, deferred, FolioStructPages);
            vmemmap.TryRemapRange(
                cpu, folio.FirstVmemmapPage + 1, first + walked - 1, folio.Node, flushSplits, ref undo, out _);
        }

        return false;
    }

    /// <summary>Gives all pages but the first frames of their own again. All are allocated before anything changes.</summary>
    public static bool TryOwn<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio, bool thisNode)
        where TArch : struct, IArchitecture
    {
        var frames = new DeferredFrames();
        if (!RestoreFrames.TryAllocate(vmemmap, cpu, folio, folio.VmemmapPages - 1, thisNode, frames))
        {
            return false;
        }

        var own = new OwnFrames<TArch>(vmemmap, vmemmap.FrameAt(folio.FirstVmemmapPage), frames, FolioStructPages);
        RestoreFrames.Remap(vmemmap, cpu, folio, folio.FirstVmemmapPage + 1, ref own);
        return true;
    }
}
