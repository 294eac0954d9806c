using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Broken;

/// <summary>
/// ReserveOne of v6.2 to v7.0 with one mistake. The steps are the product's; only their order, or whether they are there, is this one's. Memory is never
/// short in its tests.
/// </summary>
/// <typeparam name="TMistake">The mistake.</typeparam>
internal readonly struct ReserveOneWith<TMistake> : IVmemmapLayout
    where TMistake : struct, IMistake
{
    private const ulong PrivateOffset = 40;

    public static VmemmapLayout Layout => VmemmapLayout.ReserveOne;

    public static string Name => $"reserve-one with {TMistake.What}";

    public static string Kernels => "none";

    public static bool HasBatches => true;

    public static bool NeedsBasePages => false;

    public static ulong TailInfo(ulong headAddress, int order, int structPageSize) => ReserveOne.TailInfo(headAddress, order, structPageSize);

    public static AccessResult TryCompoundHead<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, ulong pfn, out ulong head)
        where TArch : struct, IArchitecture => ReserveOne.TryCompoundHead(vmemmap, cpu, pfn, out head);

    public static bool TryOptimize<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio)
        where TArch : struct, IArchitecture
    {
        var deferred = new DeferredFrames();
        WaitForReaders(vmemmap, cpu);
        Fold(vmemmap, cpu, folio, deferred);
        if (TMistake.What != Mistake.NoFlush)
        {
            vmemmap.FlushRange(cpu, folio.FirstVmemmapPage, folio.LastVmemmapPage);
        }

        Free(vmemmap, cpu, deferred);
        return true;
    }

    public static bool TryRestore<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio)
        where TArch : struct, IArchitecture
    {
        WaitForReaders(vmemmap, cpu);
        var frames = new DeferredFrames();
        Assert.True(RestoreFrames.TryAllocate(vmemmap, cpu, folio, folio.VmemmapPages - 1, thisNode: false, frames));
        int reset = TMistake.What == Mistake.NoReset ? 0 : ReserveOneRemap.FolioStructPages;
        ulong aliased = vmemmap.FrameAt(folio.FirstVmemmapPage);
        var own = new OwnFrames<TArch>(vmemmap, aliased, frames, reset);
        RestoreFrames.Remap(vmemmap, cpu, folio, folio.FirstVmemmapPage + 1, ref own);
        var deferred = new DeferredFrames();
        if (TMistake.What is Mistake.MovesHeadBack or Mistake.FreesBeforeFlush)
        {
            ulong head = CopyHead(vmemmap, cpu, folio);
            var move = new MoveHead<TArch>(vmemmap, folio.FirstVmemmapPage, head, head, deferred);
            Assert.True(vmemmap.TryRemapRange(
                cpu, folio.FirstVmemmapPage, folio.FirstVmemmapPage, folio.Node, flushSplits: true, ref move, out _));
        }

        if (TMistake.What == Mistake.FreesBeforeFlush)
        {
            vmemmap.FreeDeferred(cpu, deferred);
        }

        vmemmap.Machine.Raise(MachineEvent.BatchRemapped, cpu);
        vmemmap.FlushRange(cpu, folio.FirstVmemmapPage, folio.LastVmemmapPage);
        vmemmap.FreeDeferred(cpu, deferred);
        vmemmap.MarkOptimized(cpu, folio, optimized: false);
        vmemmap.UncountAliased(1);
        return true;
    }

    public static void OptimizeBatch<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, IReadOnlyList<Folio> folios)
        where TArch : struct, IArchitecture
    {
        BatchSplit.Split(vmemmap, cpu, folios);
        WaitForReaders(vmemmap, cpu);
        var deferred = new DeferredFrames();
        foreach (Folio folio in folios)
        {
            Fold(vmemmap, cpu, folio, deferred);
        }

        vmemmap.Machine.Raise(MachineEvent.BatchRemapped, cpu);
        if (TMistake.What != Mistake.NoFlush)
        {
            vmemmap.FlushAll(cpu);
        }

        Free(vmemmap, cpu, deferred);
    }

    public static int RestoreBatch<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, IReadOnlyList<Folio> folios)
        where TArch : struct, IArchitecture => OneByOne.Restore<TArch, ReserveOneWith<TMistake>>(vmemmap, cpu, folios);

    private static void WaitForReaders<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu)
        where TArch : struct, IArchitecture
    {
        if (TMistake.What != Mistake.NoGracePeriod)
        {
            vmemmap.Machine.Rcu.Synchronize(cpu);
        }
    }

    private static void Fold<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio, DeferredFrames deferred)
        where TArch : struct, IArchitecture
    {
        // vmemmap_should_optimize looks at the flag first, and so the CPU has a translation of the head.
        ulong flags = cpu.ReadWord(vmemmap.Machine.Vmemmap.AddressOf(folio.HeadPfn) + PrivateOffset);
        Assert.Equal(0UL, flags & (ulong)HugeTlbFlags.VmemmapOptimized);
        vmemmap.CountAliased();
        if (TMistake.What != Mistake.FlagAfterCopy)
        {
            vmemmap.MarkOptimized(cpu, folio, optimized: true);
        }

        if (TMistake.What == Mistake.SplitWithoutLock)
        {
            UnlockedSplit.Split(vmemmap, cpu, folio);
        }

        ulong head = CopyHead(vmemmap, cpu, folio);
        Assert.True(ReserveOneRemap.TryAlias(vmemmap, cpu, folio, head, flushSplits: true, deferred));
        if (TMistake.What == Mistake.FlagAfterCopy)
        {
            vmemmap.MarkOptimized(cpu, folio, optimized: true);
        }
    }

    private static ulong CopyHead<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio)
        where TArch : struct, IArchitecture
    {
        Assert.True(vmemmap.TryAllocateFrame(cpu, folio.Node, AllocationPurpose.VmemmapHead, thisNode: false, out ulong head));
        vmemmap.CopyFrame(cpu, vmemmap.FrameAt(folio.FirstVmemmapPage), head);
        return head;
    }

    private static void Free<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, DeferredFrames deferred)
        where TArch : struct, IArchitecture
    {
        ulong[] frames = [.. deferred.Frames];
        vmemmap.FreeDeferred(cpu, deferred);
        if (TMistake.What == Mistake.FreesTwice)
        {
            foreach (ulong frame in frames)
            {
                vmemmap.FreeFrame(cpu, frame, FrameUse.Deferred);
            }
        }
    }
}
