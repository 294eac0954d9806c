using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>
/// ReserveOne as first released (v5.18 to v6.1): the head's page keeps the frame it has, and the seven eighths around it go back in pieces.
/// Tails that alias the head's struct page look like heads; a static key says when that must be looked through (e7d324850bfc). No grace
/// period is waited for: a reference that is being taken speculatively meets a read-only page, as it did in these kernels (bd225530a4c7).
/// </summary>
public readonly struct ReserveOneKeptHead : IVmemmapLayout
{
    /// <summary>Pages of vmemmap that an optimized huge page keeps. A constant, so that the analyzer can read it.</summary>
    public const int ReservedPages = 1;

    /// <inheritdoc/>
    public static VmemmapLayout Layout => VmemmapLayout.ReserveOne;

    /// <inheritdoc/>
    public static string Name => "reserve-one-kept-head";

    /// <inheritdoc/>
    public static string Kernels => "v5.18 to v6.1";

    /// <inheritdoc/>
    public static bool HasBatches => false;

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
        bool done = ReserveOneRemap.TryAlias(
            vmemmap, cpu, folio, vmemmap.FrameAt(folio.FirstVmemmapPage), flushSplits: true, deferred);
        vmemmap.FlushRange(cpu, folio.FirstVmemmapPage, folio.LastVmemmapPage);
        vmemmap.FreeDeferred(cpu, deferred);
        if (done)
        {
            vmemmap.MarkOptimized(cpu, folio, optimized: true);
        }
        else
        {
            vmemmap.UncountAliased(1);
        }

        return done;
    }

    /// <inheritdoc/>
    public static bool TryRestore<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio)
        where TArch : struct, IArchitecture
    {
        // GFP_KERNEL | __GFP_NORETRY | __GFP_THISNODE (6.1 mm/hugetlb_vmemmap.c).
        if (!ReserveOneRemap.TryOwn(vmemmap, cpu, folio, thisNode: true))
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
        where TArch : struct, IArchitecture => OneByOne.Optimize<TArch, ReserveOneKeptHead>(vmemmap, cpu, folios);

    /// <inheritdoc/>
    public static int RestoreBatch<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, IReadOnlyList<Folio> folios)
        where TArch : struct, IArchitecture => OneByOne.Restore<TArch, ReserveOneKeptHead>(vmemmap, cpu, folios);
}
