using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>
/// A kernel's pool of huge pages (6.12 mm/hugetlb.c): huge page sizes with their counts, which grow and shrink, are allocated from, freed to,
/// dissolved, demoted and replaced, and whose vmemmap is optimized on the way in and restored on the way out.
/// </summary>
/// <remarks>
/// Any thread, with a CPU of its own: two threads must not drive one CPU at a time. Where a method takes a CPU that is not given, it is CPU 0.
/// Several pools may share a machine and its <see cref="VmemmapRemapper{TArch}"/>. Nothing is allocated and nothing is remapped under the pool's lock.
/// </remarks>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How vmemmap is optimized.</typeparam>
public sealed partial class HugetlbPool<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private readonly VmemmapRemapper<TArch> _vmemmap;
    private readonly Machine<TArch> _machine;
    private readonly HstatePool[] _hstates;
    private readonly FreeList<TArch, TLayout>[][] _freeLists;
    private readonly PageRegistry<TArch, TLayout> _pages = new();
    private readonly PoolVmemmap<TArch, TLayout> _optimizer;

    /// <summary>Makes the pool of a machine, with the huge pages that boot memory set aside if no other pool has them.</summary>
    /// <param name="vmemmap">The kernel's vmemmap.</param>
    /// <param name="options">What the kernel's command line says.</param>
    /// <exception cref="ArgumentException">Boot memory set aside huge pages of a size that the architecture does not have.</exception>
    public HugetlbPool(VmemmapRemapper<TArch> vmemmap, HugetlbOptions options)
    {
        ArgumentNullException.ThrowIfNull(vmemmap);
        ArgumentNullException.ThrowIfNull(options);
        _vmemmap = vmemmap;
        _machine = vmemmap.Machine;
        Options = options;
        _optimizer = new(vmemmap, options.Batched ?? TLayout.HasBatches, options.OptimizeVmemmap, Figures);
        ReadOnlySpan<Hstate> hstates = TArch.Hstates;
        _hstates = new HstatePool[hstates.Length];
        _freeLists = new FreeList<TArch, TLayout>[hstates.Length][];
        for (int i = 0; i < hstates.Length; i++)
        {
            _hstates[i] = new HstatePool(hstates[i], _machine.Nodes.Count, hstates[i].Order > Machine<TArch>.MaxOrder);
            _freeLists[i] = new FreeList<TArch, TLayout>[_machine.Nodes.Count];
            for (int node = 0; node < _machine.Nodes.Count; node++)
            {
                _freeLists[i][node] = new FreeList<TArch, TLayout>();
            }
        }

        AdoptBootPages(_machine.Cpus[0]);
    }

    /// <summary>What the kernel's command line says.</summary>
    public HugetlbOptions Options { get; }

    /// <summary>The pool's lock (hugetlb_lock).</summary>
    public KernelLock Lock { get; } = new("hugetlb_lock");

    /// <summary>What the pool has met on its way.</summary>
    public PoolFigures Figures { get; } = new();

    /// <summary>Whether huge pages that come into the pool from now on are optimized (vm.hugetlb_optimize_vmemmap). Those that are optimized stay so.</summary>
    public bool OptimizeVmemmap
    {
        get => _optimizer.Optimizes;
        set => _optimizer.Optimizes = value;
    }

    /// <summary>The huge page sizes, in the order in which the architecture registers them.</summary>
    public IReadOnlyList<HstatePool> Hstates => _hstates;

    /// <summary>
    /// All huge pages as they are now, in no order: free, in use, coming and leaving. A copy.
    /// </summary>
    public IReadOnlyCollection<HugePage<TArch, TLayout>> Pages => _pages.Snapshot();

    /// <summary>The counts of a size.</summary>
    /// <param name="hstate">The size.</param>
    /// <exception cref="ArgumentException">The architecture has no such size.</exception>
    public HstatePool this[Hstate hstate] => _hstates[IndexOf(hstate.Size)];

    /// <summary>The counts of a size.</summary>
    /// <param name="bytes">The size in bytes.</param>
    /// <exception cref="ArgumentException">The architecture has no such size.</exception>
    public HstatePool this[ulong bytes] => _hstates[IndexOf(bytes)];

    /// <summary>The huge page that has a frame, if this pool has one.</summary>
    /// <param name="pfn">The frame.</param>
    public HugePage<TArch, TLayout>? PageOf(ulong pfn) => _pages.Containing(pfn);

    /// <summary>Optimized huge pages of a size, those that are leaving included. Looks at every huge page.</summary>
    /// <param name="hstate">The size.</param>
    /// <param name="node">The node; null: all.</param>
    /// <exception cref="ArgumentException">The architecture has no such size or the machine no such node.</exception>
    public long OptimizedPages(Hstate hstate, int? node = null)
    {
        RequireNode(node);
        return _pages.CountOptimized(this[hstate].Hstate, node);
    }

    /// <summary>Why huge pages of a size are not optimized now, with its numbers; empty if they are.</summary>
    /// <param name="hstate">The size.</param>
    /// <exception cref="ArgumentException">The architecture has no such size.</exception>
    public string Explain(Hstate hstate)
    {
        string reason = Optimizability.Explain<TArch, TLayout>(_machine, this[hstate].Hstate);
        return reason.Length == 0 && !OptimizeVmemmap ? $"{hstate.Name}: vm.hugetlb_optimize_vmemmap is off" : reason;
    }

    /// <summary>Says how many surplus huge pages may be made on demand (nr_overcommit_hugepages).</summary>
    /// <param name="hstate">The size.</param>
    /// <param name="count">How many.</param>
    /// <param name="cpu">The CPU that does it.</param>
    /// <exception cref="ArgumentException">The architecture has no such size, the count does not fit, or the size is gigantic: these are never made on demand.</exception>
    public void SetOvercommitLimit(Hstate hstate, long count, Cpu<TArch>? cpu = null)
    {
        HstatePool counts = this[hstate];
        RequireCount(counts, count);
        if (counts.IsGigantic)
        {
            throw new ArgumentException($"{hstate.Name} pages are larger than what the buddy allocator has: none is made on demand.", nameof(hstate));
        }

        using (Lock.Hold(Or0(cpu)))
        {
            counts.SetOvercommitLimit(count);
        }
    }

    internal Machine<TArch> Machine => _machine;

    private Cpu<TArch> Or0(Cpu<TArch>? cpu) => cpu ?? _machine.Cpus[0];

    private int IndexOf(ulong bytes)
    {
        for (int i = 0; i < _hstates.Length; i++)
        {
            if (_hstates[i].Hstate.Size == bytes)
            {
                return i;
            }
        }

        string sizes = string.Join(", ", _hstates.Select(counts => counts.Hstate.Name));
        throw new ArgumentException($"{TArch.Name} has no huge pages of {bytes} bytes: it has {sizes}.", nameof(bytes));
    }

    private void RequireNode(int? node)
    {
        if (node is { } number && (number < 0 || number >= _machine.Nodes.Count))
        {
            throw new ArgumentOutOfRangeException(nameof(node), number, $"The machine has nodes 0 to {_machine.Nodes.Count - 1}.");
        }
    }

    private void RequireCount(HstatePool counts, long count)
    {
        long limit = _machine.Books.Total >> counts.Hstate.Order;
        if (count < 0 || count > limit)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count), count, $"{count} pages of {counts.Hstate.Name}: the machine's memory holds from 0 to {limit}.");
        }
    }

    private void RequireOurs(HugePage<TArch, TLayout> page)
    {
        ArgumentNullException.ThrowIfNull(page);
        if (page.Pool != this)
        {
            throw new ArgumentException($"The huge page at PFN 0x{page.HeadPfn:x} is of another pool.", nameof(page));
        }
    }
}
