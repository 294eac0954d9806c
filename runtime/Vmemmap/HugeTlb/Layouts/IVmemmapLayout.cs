using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>
/// A generation of HVO: what it leaves in the page tables, and the algorithm by which its kernels got there and back. Those of the
/// kernel are in this namespace; another design is another struct that implements this.
/// </summary>
/// <remarks>
/// The pool calls these with folios that nobody uses (refcount 0), and holds no lock. The methods must leave every folio whole: optimized, or as it was.
/// A <c>public const int ReservedPages</c> tells the analyzer how many vmemmap pages are kept; without it one or two are possible.
/// </remarks>
public interface IVmemmapLayout
{
    /// <summary>What an optimized folio looks like.</summary>
    static abstract VmemmapLayout Layout { get; }

    /// <summary>Its name: "reserve-one".</summary>
    static abstract string Name { get; }

    /// <summary>The kernels that have it: "v6.2 to v7.0".</summary>
    static abstract string Kernels { get; }

    /// <summary>Whether several folios are optimized and restored together, with one flush for each phase.</summary>
    static abstract bool HasBatches { get; }

    /// <summary>Whether vmemmap must be mapped by base pages, because the algorithm does not split blocks.</summary>
    static abstract bool NeedsBasePages { get; }

    /// <summary>The word by which a tail leads to its head.</summary>
    /// <param name="headAddress">Address of the head's struct page.</param>
    /// <param name="order">Order of the folio.</param>
    /// <param name="structPageSize">sizeof(struct page) in bytes.</param>
    static abstract ulong TailInfo(ulong headAddress, int order, int structPageSize);

    /// <summary>The head that a struct page leads to (compound_head), as code that knows nothing but the PFN finds it.</summary>
    /// <typeparam name="TArch">The machine's architecture.</typeparam>
    /// <param name="vmemmap">The kernel's vmemmap.</param>
    /// <param name="cpu">The CPU that reads.</param>
    /// <param name="pfn">The frame.</param>
    /// <param name="head">The head's frame, which is <paramref name="pfn"/> itself where it is no tail.</param>
    static abstract AccessResult TryCompoundHead<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, ulong pfn, out ulong head)
        where TArch : struct, IArchitecture;

    /// <summary>Optimizes one folio.</summary>
    /// <typeparam name="TArch">The machine's architecture.</typeparam>
    /// <param name="vmemmap">The kernel's vmemmap.</param>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="folio">The folio; not optimized.</param>
    /// <returns>False if memory was short, and the folio is as it was.</returns>
    static abstract bool TryOptimize<TArch>(
        VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, [RestoredOnly, VmemmapState(VmemmapState.Optimized)] Folio folio)
        where TArch : struct, IArchitecture;

    /// <summary>Restores one folio: every struct page has a frame of its own again.</summary>
    /// <typeparam name="TArch">The machine's architecture.</typeparam>
    /// <param name="vmemmap">The kernel's vmemmap.</param>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="folio">The folio; optimized.</param>
    /// <returns>False if memory was short, and the folio is as it was.</returns>
    static abstract bool TryRestore<TArch>(
        VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, [VmemmapState(VmemmapState.Restored)] Folio folio)
        where TArch : struct, IArchitecture;

    /// <summary>Optimizes several folios together; those for which memory was short are left as they were.</summary>
    /// <typeparam name="TArch">The machine's architecture.</typeparam>
    /// <param name="vmemmap">The kernel's vmemmap.</param>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="folios">The folios; none is optimized.</param>
    static abstract void OptimizeBatch<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, IReadOnlyList<Folio> folios)
        where TArch : struct, IArchitecture;

    /// <summary>Restores several folios together, and stops at the first for which memory is short.</summary>
    /// <typeparam name="TArch">The machine's architecture.</typeparam>
    /// <param name="vmemmap">The kernel's vmemmap.</param>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="folios">The folios; those that are not optimized count as restored.</param>
    /// <returns>Folios from the first on that are restored.</returns>
    static abstract int RestoreBatch<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, IReadOnlyList<Folio> folios)
        where TArch : struct, IArchitecture;
}
