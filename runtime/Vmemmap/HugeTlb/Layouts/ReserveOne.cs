using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>
/// ReserveOne of v6.2 to v7.0 with what it had learned by then: the head's page moves to a new frame, so that the freed frames stay next to
/// each other (11aad2631bf7); batches flush once for all splits and once for all remaps (v6.7); a grace period keeps speculative
/// references off what becomes read-only (v6.10, bd225530a4c7).
/// </summary>
public readonly struct ReserveOne : IVmemmapLayout
{
    /// <summary>Pages of vmemmap that an optimized huge page keeps. A constant, so that the analyzer can read it.</summary>
    public const int ReservedPages = 1;

    /// <inheritdoc/>
    public static VmemmapLayout Layout => VmemmapLayout.ReserveOne;

    /// <inheritdoc/>
    public static string Name => "reserve-one";

    /// <inheritdoc/>
    public static string Kernels => "v6.2 to v7.0";

    /// <inheritdoc/>
    public static bool HasBatches => true;

    /// <inheritdoc/>
    public static bool NeedsBasePages => false;

    /// <inheritdoc/>
    public static ulong TailInfo(ulong headAddress, int order, int structPageSize) => CompoundInfo.TailOf(headAddress);

    /// <inheritdoc/>
    public static AccessResult TryCompoundHead<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, ulong pfn, out ulong head)
        where TArch : struct, IArchitecture => HeadLookup.TryThroughFakeHead(vmemmap, cpu, pfn, out head);

    /// <inheritdoc/>
    public static bool TryOptimize<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio)
        where TArch : struct, IArchitecture
    {
        var deferred = new DeferredFrames();
        vmemmap.CountAliased();
        vmemmap.Machine.Rcu.Synchronize(cpu);
        bool done = TryFold(vmemmap, cpu, folio, flushSplits: true, deferred);
        vmemmap.FlushRange(cpu, folio.FirstVmemmapPage, folio.LastVmemmapPage);
        Settle(vmemmap, cpu, folio, done);
        vmemmap.FreeDeferred(cpu, deferred);
        return done;
    }

    /// <inheritdoc/>
    public static bool TryRestore<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio)
        where TArch : struct, IArchitecture
    {
        vmemmap.Machine.Rcu.Synchronize(cpu);

        // GFP_KERNEL | __GFP_RETRY_MAYFAIL, any node (6a898c2757af).
        if (!ReserveOneRemap.TryOwn(vmemmap, cpu, folio, thisNode: false))
        {
            return false;
        }

        vmemmap.FlushRange(cpu, folio.FirstVmemmapPage, folio.LastVmemmapPage);
        vmemmap.MarkOptimized(cpu, folio, optimized: false);
        vmemmap.UncountAliased(1);
        return true;
    }

    /// <inheritdoc/>
    public static void OptimizeBatch<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, IReadOnlyList<Folio> folios)
        where TArch : struct, IArchitecture
    {
        BatchSplit.Split(vmemmap, cpu, folios);
        vmemmap.Machine.Rcu.Synchronize(cpu);
        var deferred = new DeferredFrames();
        for (int i = 0; i < folios.Count; i++)
        {
            if (!TryFoldCounted(vmemmap, cpu, folios[i], deferred) && deferred.Count > 0)
            {
                // What has been folded so far has memory for the one that lacked it. Once.
                vmemmap.FlushAll(cpu);
                vmemmap.FreeDeferred(cpu, deferred);
                TryFoldCounted(vmemmap, cpu, folios[i], deferred);
            }
        }

        vmemmap.Machine.Raise(MachineEvent.BatchRemapped, cpu);
        vmemmap.FlushAll(cpu);
        vmemmap.FreeDeferred(cpu, deferred);
    }

    /// <inheritdoc/>
    public static int RestoreBatch<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, IReadOnlyList<Folio> folios)
        where TArch : struct, IArchitecture
    {
        int walked = 0;
        long restored = 0;
        bool waited = false;
        for (; walked < folios.Count; walked++)
        {
            if (!folios[walked].IsOptimized)
            {
                continue;
            }

            if (!waited)
            {
                // Once for each batch, and not at all where nothing was optimized (6.12 hugetlb_vmemmap_restore_folios).
                vmemmap.Machine.Rcu.Synchronize(cpu);
                waited = true;
            }

            if (!ReserveOneRemap.TryOwn(vmemmap, cpu, folios[walked], thisNode: false))
            {
                break;
            }

            vmemmap.MarkOptimized(cpu, folios[walked], optimized: false);
            restored++;
        }

        vmemmap.Machine.Raise(MachineEvent.BatchRemapped, cpu);
        if (restored > 0)
        {
            vmemmap.FlushAll(cpu);

            // Only now: until the flush a CPU may see aliases of a head, and must look through them.
            vmemmap.UncountAliased(restored);
        }

        return walked;
    }

    private static bool TryFoldCounted<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio, DeferredFrames deferred)
        where TArch : struct, IArchitecture
    {
        vmemmap.CountAliased();
        if (TryFold(vmemmap, cpu, folio, flushSplits: false, deferred))
        {
            return true;
        }

        // Half of it may have been remapped and back: nobody may see the mark through an old translation.
        vmemmap.FlushRange(cpu, folio.FirstVmemmapPage, folio.LastVmemmapPage);
        Settle(vmemmap, cpu, folio, done: false);
        return false;
    }

    private static bool TryFold<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio, bool flushSplits, DeferredFrames deferred)
        where TArch : struct, IArchitecture
    {
        // Before the copy, so that the copy has it: until the flush this CPU may write to the old frame (6.12 mm/hugetlb_vmemmap.c:519-530).
        vmemmap.MarkOptimized(cpu, folio, optimized: true);
        ulong old = vmemmap.FrameAt(folio.FirstVmemmapPage);
        if (!vmemmap.TryAllocateFrame(cpu, folio.Node, AllocationPurpose.VmemmapHead, thisNode: false, out ulong head))
        {
            // The frame it has serves as well, only that the freed frames around it are in pieces.
            return ReserveOneRemap.TryAlias(vmemmap, cpu, folio, old, flushSplits, deferred);
        }

        vmemmap.CopyFrame(cpu, old, head);
        if (ReserveOneRemap.TryAlias(vmemmap, cpu, folio, head, flushSplits, deferred))
        {
            return true;
        }

        if (vmemmap.FrameAt(folio.FirstVmemmapPage) != head)
        {
            vmemmap.FreeFrame(cpu, head, FrameUse.Vmemmap);
        }

        return false;
    }

    private static void Settle<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio, bool done)
        where TArch : struct, IArchitecture
    {
        if (!done)
        {
            vmemmap.MarkOptimized(cpu, folio, optimized: false);
            vmemmap.UncountAliased(1);
        }
    }
}
