using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>
/// A huge page whose vmemmap is restored: every struct page has a frame of its own and may be written. Disposing of it optimizes the huge page again
/// if it was optimized before and memory allows; whoever needs to know asks <see cref="Folio.IsOptimized"/>.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How its vmemmap is optimized.</typeparam>
public readonly ref struct RestoredScope<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private readonly HugePage<TArch, TLayout> _page;
    private readonly Cpu<TArch> _cpu;
    private readonly bool _optimizeAgain;
    private readonly int _references;

    internal RestoredScope(HugePage<TArch, TLayout> page, Cpu<TArch> cpu, bool optimizeAgain, int references)
    {
        _page = page;
        _cpu = cpu;
        _optimizeAgain = optimizeAgain;
        _references = references;
    }

    /// <summary>Struct pages: all of the huge page's.</summary>
    public long Count => _page.Count;

    /// <summary>A struct page.</summary>
    /// <param name="index">Which base page, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The huge page has no such base page.</exception>
    [RestoredOnly]
    public ref StructPage this[long index] => ref _page.At(index);

    /// <summary>Ends the scope.</summary>
    public void Dispose() => _page?.EndScope(_cpu, _optimizeAgain, _references);
}
