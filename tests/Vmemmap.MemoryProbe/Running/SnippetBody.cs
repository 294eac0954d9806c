using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.MemoryProbe;

/// <summary>A snippet.</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">The layout.</typeparam>
/// <param name="page">The huge page whose struct page it writes.</param>
/// <param name="other">Another one.</param>
/// <param name="vmemmap">The machine's vmemmap.</param>
/// <param name="cpu">A CPU.</param>
/// <param name="n">A number.</param>
/// <param name="flag">A flag.</param>
public delegate void SnippetBody<TArch, TLayout>(
    ShadowedPage<TArch, TLayout> page, ShadowedPage<TArch, TLayout> other, VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, long n, bool flag)
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout;
