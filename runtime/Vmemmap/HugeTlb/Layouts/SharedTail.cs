using System.Numerics;
using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>
/// v7.1: a tail holds a mask instead of a pointer, so that all tails of an order are the same, and all folios of an order in a zone share one
/// tail page. No fake heads, no static key, no grace period; a head that cannot be copied fails the folio.
/// </summary>
public readonly struct SharedTail : IVmemmapLayout
{
    /// <summary>Pages of vmemmap that an optimized huge page keeps. A constant, so that the analyzer can read it.</summary>
    public const int ReservedPages = 1;

    /// <inheritdoc/>
    public static VmemmapLayout Layout => VmemmapLayout.SharedTail;

    /// <inheritdoc/>
    public static string Name => "shared-tail";

    /// <inheritdoc/>
    public static string Kernels => "v7.1 on";

    /// <inheritdoc/>
    public static bool HasBatches => true;

    /// <inheritdoc/>
    public static bool NeedsBasePages => false;

    /// <inheritdoc/>
    public static ulong TailInfo(ulong headAddress, int order, int structPageSize) =>
        BitOperations.IsPow2(structPageSize) ? CompoundInfo.TailMask(order, structPageSize) : CompoundInfo.TailOf(headAddress);

    /// <inheritdoc/>
    public static AccessResult TryCompoundHead<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, ulong pfn, out ulong head)
        where TArch : struct, IArchitecture =>
        BitOperations.IsPow2(vmemmap.Machine.Vmemmap.StructPageSize)
            ? HeadLookup.TryMask(vmemmap.Machine, cpu, pfn, out head)
            : HeadLookup.TryPointer(vmemmap.Machine, cpu, pfn, out head);

    /// <inheritdoc/>
    public static bool TryOptimize<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio)
        where TArch : struct, IArchitecture
    {
        var deferred = new DeferredFrames();
        bool done = TryFold(vmemmap, cpu, folio, flushSplits: true, deferred);
        vmemmap.FlushRange(cpu, folio.FirstVmemmapPage, folio.LastVmemmapPage);
        if (!done)
        {
            vmemmap.MarkOptimized(cpu, folio, optimized: false);
        }

        vmemmap.FreeDeferred(cpu, deferred);
        return done;
    }

    /// <inheritdoc/>
    public static bool TryRestore<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio)
        where TArch : struct, IArchitecture
    {
        if (!TryOwn(vmemmap, cpu, folio))
        {
            return false;
        }

        vmemmap.FlushRange(cpu, folio.FirstVmemmapPage, folio.LastVmemmapPage);
        vmemmap.MarkOptimized(cpu, folio, optimized: false);
        return true;
    }

    /// <inheritdoc/>
    public static void OptimizeBatch<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, IReadOnlyList<Folio> folios)
        where TArch : struct, IArchitecture
    {
        BatchSplit.Split(vmemmap, cpu, folios);
        var deferred = new DeferredFrames();
        for (int i = 0; i < folios.Count; i++)
        {
            if (!TryFoldMarked(vmemmap, cpu, folios[i], deferred) && deferred.Count > 0)
            {
                vmemmap.FlushAll(cpu);
                vmemmap.FreeDeferred(cpu, deferred);
                TryFoldMarked(vmemmap, cpu, folios[i], deferred);
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
        bool restored = false;
        for (; walked < folios.Count; walked++)
        {
            if (!folios[walked].IsOptimized)
            {
                continue;
            }

            if (!TryOwn(vmemmap, cpu, folios[walked]))
            {
                break;
            }

            vmemmap.MarkOptimized(cpu, folios[walked], optimized: false);
            restored = true;
        }

        vmemmap.Machine.Raise(MachineEvent.BatchRemapped, cpu);
        if (restored)
        {
            vmemmap.FlushAll(cpu);
        }

        return walked;
    }

    private static bool TryFoldMarked<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio, DeferredFrames deferred)
        where TArch : struct, IArchitecture
    {
        if (TryFold(vmemmap, cpu, folio, flushSplits: false, deferred))
        {
            return true;
        }

        vmemmap.FlushRange(cpu, folio.FirstVmemmapPage, folio.LastVmemmapPage);
        vmemmap.MarkOptimized(cpu, folio, optimized: false);
        return false;
    }

    private static bool TryFold<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio, bool flushSplits, DeferredFrames deferred)
        where TArch : struct, IArchitecture
    {
        StructPage tail = PlainTail(vmemmap, folio);
        if (!vmemmap.SharedTails.TryGet(cpu, folio, in tail, out ulong shared))
        {
            return false;
        }

        vmemmap.MarkOptimized(cpu, folio, optimized: true);
        if (!vmemmap.TryAllocateFrame(cpu, folio.Node, AllocationPurpose.VmemmapHead, thisNode: false, out ulong head))
        {
            return false;
        }

        vmemmap.CopyFrame(cpu, vmemmap.FrameAt(folio.FirstVmemmapPage), head);
        var move = new MoveHead<TArch>(vmemmap, folio.FirstVmemmapPage, head, shared, deferred);
        if (vmemmap.TryRemapRange(
            cpu, folio.FirstVmemmapPage, folio.LastVmemmapPage, folio.Node, flushSplits, ref move, out long walked))
        {
            return true;
        }

        if (walked == 0)
        {
            vmemmap.FreeFrame(cpu, head, FrameUse.Vmemmap);
            return false;
        }

        // Only what points at the shared tail is undone; the first page stays on its new frame, which holds the same.
        var undo = new OwnFrames<TArch>(vmemmap, shared, deferred, reset: 0);
        vmemmap.TryRemapRange(cpu, folio.FirstVmemmapPage + 1, folio.FirstVmemmapPage + walked - 1, folio.Node, flushSplits, ref undo, out _);
        return false;
    }

    private static bool TryOwn<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio)
        where TArch : struct, IArchitecture
    {
        if (!vmemmap.SharedTails.TryFind(folio, out ulong shared))
        {
            throw new InconsistentMachineException($"The zone of the optimized folio at PFN 0x{folio.HeadPfn:x} has no shared tail page of its order.");
        }

        var frames = new DeferredFrames();
        if (!RestoreFrames.TryAllocate(vmemmap, cpu, folio, folio.VmemmapPages - 1, thisNode: false, frames))
        {
            return false;
        }

        var own = new OwnFrames<TArch>(vmemmap, shared, frames, reset: 0);
        RestoreFrames.Remap(vmemmap, cpu, folio, folio.FirstVmemmapPage + 1, ref own);
        return true;
    }

    private static StructPage PlainTail<TArch>(VmemmapRemapper<TArch> vmemmap, Folio folio)
        where TArch : struct, IArchitecture =>
        CompoundPages.Tail(vmemmap.Machine, folio.HeadPfn, TailInfo(0, folio.Hstate.Order, vmemmap.Machine.Vmemmap.StructPageSize));
}
