using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.MemoryProbe;

/// <summary>
/// A huge page of a simulated machine as <see cref="HugePage{TArch,TLayout}"/> is one, with the same marks; only that its struct pages lie in memory in which every
/// vmemmap page has bytes of its own, so that a write to an alias can be told from a write to what it aliases.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How its vmemmap is optimized.</typeparam>
public sealed class ShadowedPage<TArch, TLayout> : Folio, ITransitions
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private readonly HugePage<TArch, TLayout> _page;
    private readonly StructPageMemory _memory;

    internal ShadowedPage(HugePage<TArch, TLayout> page, StructPageMemory memory)
        : base(page.HeadPfn, page.Hstate, page.Node, page.FirstVmemmapPage, page.VmemmapPages)
    {
        _page = page;
        _memory = memory;
        IsOptimized = page.IsOptimized;
    }

    /// <summary>Struct pages.</summary>
    public long Count => _page.Count;

    /// <summary>The struct pages that may be written.</summary>
    public ShadowedWritable<TArch, TLayout> Writable
    {
        get
        {
            _page.IsOptimized = IsOptimized;
            return new(this, _page.Writable.Count);
        }
    }

    /// <summary>A struct page, to read.</summary>
    /// <param name="index">Which base page.</param>
    [ReadOnlyTail(Architecture = nameof(TArch), Layout = nameof(TLayout))]
    public ref readonly StructPage this[long index] => ref At(index);

    /// <summary>A struct page, alias or not.</summary>
    /// <param name="index">Which base page.</param>
    [ReadOnlyTail(Architecture = nameof(TArch), Layout = nameof(TLayout))]
    public ref StructPage Unchecked(long index) => ref At(index);

    /// <summary>Restores the vmemmap for as long as the scope lives.</summary>
    /// <param name="cpu">The CPU that does it.</param>
    [VmemmapState(VmemmapState.Restored)]
    public ShadowedScope<TArch, TLayout> Restore(Cpu<TArch>? cpu = null)
    {
        _page.IsOptimized = IsOptimized;
        RestoredScope<TArch, TLayout> scope = _page.Restore(cpu);
        IsOptimized = _page.IsOptimized;
        return new(this, scope);
    }

    /// <summary>Restores the vmemmap for as long as the scope lives, if there are frames for it.</summary>
    /// <param name="scope">The scope.</param>
    /// <param name="cpu">The CPU that does it.</param>
    [VmemmapState(VmemmapState.Restored)]
    public bool TryRestore(out ShadowedScope<TArch, TLayout> scope, Cpu<TArch>? cpu = null)
    {
        _page.IsOptimized = IsOptimized;
        bool done = _page.TryRestore(out RestoredScope<TArch, TLayout> real, cpu);
        IsOptimized = _page.IsOptimized;
        scope = done ? new(this, real) : default;
        return done;
    }

    /// <inheritdoc/>
    void ITransitions.Optimize()
    {
        if (!IsOptimized)
        {
            TLayout.TryOptimize(_page.Vmemmap, _page.Vmemmap.Machine.Cpus[0], this);
        }
    }

    /// <inheritdoc/>
    void ITransitions.Restore()
    {
        if (IsOptimized)
        {
            TLayout.TryRestore(_page.Vmemmap, _page.Vmemmap.Machine.Cpus[0], this);
        }
    }

    internal ref StructPage At(long index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, (ulong)Count, nameof(index));
        return ref _memory.All[(int)index];
    }

    internal Span<StructPage> SpanOf(long first, long count) => _memory.All.Slice((int)first, (int)count);

    internal void End(RestoredScope<TArch, TLayout> scope)
    {
        _page.IsOptimized = IsOptimized;
        scope.Dispose();
        IsOptimized = _page.IsOptimized;
    }
}
