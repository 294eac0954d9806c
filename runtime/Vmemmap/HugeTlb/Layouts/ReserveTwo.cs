using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>
/// ReserveTwo as released (v5.14 to v5.17): the blocks of vmemmap are split on demand, under the kernel's mmap_lock, and remapped under it
/// (3bc2b6a72525, 2d7a21715f25). What a split that failed leaves half done is undone.
/// </summary>
public readonly struct ReserveTwo : IVmemmapLayout
{
    /// <summary>Pages of vmemmap that an optimized huge page keeps. A constant, so that the analyzer can read it.</summary>
    public const int ReservedPages = ReserveTwoRemap.Reserved;

    /// <inheritdoc/>
    public static VmemmapLayout Layout => VmemmapLayout.ReserveTwo;

    /// <inheritdoc/>
    public static string Name => "reserve-two";

    /// <inheritdoc/>
    public static string Kernels => "v5.14 to v5.17";

    /// <inheritdoc/>
    public static bool HasBatches => false;

    /// <inheritdoc/>
    public static bool NeedsBasePages => false;

    /// <inheritdoc/>
    public static ulong TailInfo(ulong headAddress, int order, int structPageSize) => CompoundInfo.TailOf(headAddress);

    /// <inheritdoc/>
    public static AccessResult TryCompoundHead<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, ulong pfn, out ulong head)
        where TArch : struct, IArchitecture => HeadLookup.TryPointer(vmemmap.Machine, cpu, pfn, out head);

    /// <inheritdoc/>
    public static bool TryOptimize<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio)
        where TArch : struct, IArchitecture
    {
        var deferred = new DeferredFrames();
        long first = folio.FirstVmemmapPage + ReserveTwoRemap.Reserved;
        ulong reused = vmemmap.FrameAt(folio.FirstVmemmapPage + 1);
        bool done;
        using (vmemmap.MmapLock.Hold(cpu))
        {
            var alias = new AliasTo<TArch>(vmemmap, reused, deferred);
            done = vmemmap.TryRemapRange(cpu, first, folio.LastVmemmapPage, folio.Node, flushSplits: true, ref alias, out long walked);
            if (!done && walked > 0)
            {
                var undo = new OwnFrames<TArch>(vmemmap, reused, deferred, reset: 0);
                vmemmap.TryRemapRange(cpu, first, first + walked - 1, folio.Node, flushSplits: true, ref undo, out _);
            }

            vmemmap.FlushRange(cpu, first, folio.LastVmemmapPage);
        }

        vmemmap.FreeDeferred(cpu, deferred);
        if (done)
        {
            vmemmap.MarkOptimized(cpu, folio, optimized: true);
        }

        return done;
    }

    /// <inheritdoc/>
    public static bool TryRestore<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio)
        where TArch : struct, IArchitecture
    {
        using (vmemmap.MmapLock.Hold(cpu))
        {
            return ReserveTwoRemap.TryRestore(vmemmap, cpu, folio);
        }
    }

    /// <inheritdoc/>
    public static void OptimizeBatch<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, IReadOnlyList<Folio> folios)
        where TArch : struct, IArchitecture => OneByOne.Optimize<TArch, ReserveTwo>(vmemmap, cpu, folios);

    /// <inheritdoc/>
    public static int RestoreBatch<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, IReadOnlyList<Folio> folios)
        where TArch : struct, IArchitecture => OneByOne.Restore<TArch, ReserveTwo>(vmemmap, cpu, folios);
}
