using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>
/// ReserveTwo as it was posted (v17 of the series, spring 2021): vmemmap is mapped by base pages while HVO is on, and a block is a bug. The entry
/// of page 1 is walked first and gives the frame to reuse; pages 2 and on are pointed to it; then the range is flushed, then frames are freed.
/// </summary>
public readonly struct ReserveTwoPosted : IVmemmapLayout
{
    /// <summary>Pages of vmemmap that an optimized huge page keeps. A constant, so that the analyzer can read it.</summary>
    public const int ReservedPages = ReserveTwoRemap.Reserved;

    /// <inheritdoc/>
    public static VmemmapLayout Layout => VmemmapLayout.ReserveTwo;

    /// <inheritdoc/>
    public static string Name => "reserve-two-posted";

    /// <inheritdoc/>
    public static string Kernels => "v17 of the series, before v5.14";

    /// <inheritdoc/>
    public static bool HasBatches => false;

    /// <inheritdoc/>
    public static bool NeedsBasePages => true;

    /// <inheritdoc/>
    public static ulong TailInfo(ulong headAddress, int order, int structPageSize) => CompoundInfo.TailOf(headAddress);

    /// <inheritdoc/>
    public static AccessResult TryCompoundHead<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, ulong pfn, out ulong head)
        where TArch : struct, IArchitecture => HeadLookup.TryPointer(vmemmap.Machine, cpu, pfn, out head);

    /// <inheritdoc/>
    public static bool TryOptimize<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio)
        where TArch : struct, IArchitecture
    {
        RequireBasePages(vmemmap, folio);
        var deferred = new DeferredFrames();
        ReserveTwoRemap.Alias(vmemmap, cpu, folio, deferred);
        vmemmap.FlushRange(cpu, folio.FirstVmemmapPage + ReserveTwoRemap.Reserved, folio.LastVmemmapPage);
        vmemmap.FreeDeferred(cpu, deferred);
        vmemmap.MarkOptimized(cpu, folio, optimized: true);
        return true;
    }

    /// <inheritdoc/>
    public static bool TryRestore<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio)
        where TArch : struct, IArchitecture => ReserveTwoRemap.TryRestore(vmemmap, cpu, folio);

    /// <inheritdoc/>
    public static void OptimizeBatch<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, IReadOnlyList<Folio> folios)
        where TArch : struct, IArchitecture => OneByOne.Optimize<TArch, ReserveTwoPosted>(vmemmap, cpu, folios);

    /// <inheritdoc/>
    public static int RestoreBatch<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, IReadOnlyList<Folio> folios)
        where TArch : struct, IArchitecture => OneByOne.Restore<TArch, ReserveTwoPosted>(vmemmap, cpu, folios);

    private static void RequireBasePages<TArch>(VmemmapRemapper<TArch> vmemmap, Folio folio)
        where TArch : struct, IArchitecture
    {
        for (long page = folio.FirstVmemmapPage; page <= folio.LastVmemmapPage; page += KernelPageTables<TArch>.TablePages)
        {
            if (vmemmap.Machine.PageTables.Find(page) is var place && place.Level != KernelPageTables<TArch>.LastLevel)
            {
                throw new InconsistentMachineException(
                    $"Page {page} of vmemmap is mapped by a block: HVO as posted needs vmemmap to be mapped by base pages from boot on.");
            }
        }
    }
}
