using Vmemmap.HugeTlb;

namespace Vmemmap.MemoryProbe;

/// <summary>A <see cref="RestoredScope{TArch,TLayout}"/> of a <see cref="ShadowedPage{TArch,TLayout}"/>.</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How its vmemmap is optimized.</typeparam>
public readonly ref struct ShadowedScope<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private readonly ShadowedPage<TArch, TLayout> _page;
    private readonly RestoredScope<TArch, TLayout> _scope;

    internal ShadowedScope(ShadowedPage<TArch, TLayout> page, RestoredScope<TArch, TLayout> scope)
    {
        _page = page;
        _scope = scope;
    }

    /// <summary>Struct pages: all of the huge page's.</summary>
    public long Count => _page.Count;

    /// <summary>A struct page.</summary>
    /// <param name="index">Which base page.</param>
    [RestoredOnly]
    public ref StructPage this[long index] => ref _page.At(index);

    /// <summary>Ends the scope.</summary>
    public void Dispose() => _page?.End(_scope);
}
