using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.MemoryProbe;

/// <summary>A huge page, and what was written to it between one remapping and the next.</summary>
internal sealed class WatchedPage<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private readonly VmemmapRemapper<TArch> _vmemmap;
    private readonly StructPageMemory _memory;
    private readonly ulong _pfn;
    private readonly Hstate _hstate;
    private SlotMap _map;
    private bool _isFresh;
    private bool _isRemapping;

    public WatchedPage(VmemmapRemapper<TArch> vmemmap, ulong pfn, Hstate hstate, StructPageMemory memory)
    {
        _vmemmap = vmemmap;
        _memory = memory;
        _pfn = pfn;
        _hstate = hstate;
        Page = Make();
        _map = Read();
    }

    /// <summary>The handle that snippets get.</summary>
    public ShadowedPage<TArch, TLayout> Page { get; private set; }

    /// <summary>The tables as they are.</summary>
    public SlotMap Map => _map;

    /// <summary>Whether anything was written.</summary>
    public bool IsReached { get; private set; }

    /// <summary>Whether an alias was.</summary>
    public bool IsFaulted { get; private set; }

    private Cpu<TArch> Cpu => _vmemmap.Machine.Cpus[0];

    /// <summary>Brings it into a state, and forgets what was written.</summary>
    public void Prepare(VmemmapState state)
    {
        if (Page.IsOptimized)
        {
            Require(TLayout.TryRestore(_vmemmap, Cpu, Page));
        }

        // A handle of its own for each run: a scope that a snippet did not end has marked the old one.
        Page = state == VmemmapState.Fresh && !_isFresh ? Make() : new(new HugePage<TArch, TLayout>(_vmemmap, _pfn, _hstate), _memory);
        if (state is VmemmapState.Optimized or VmemmapState.Restored)
        {
            Require(TLayout.TryOptimize(_vmemmap, Cpu, Page));
        }

        if (state == VmemmapState.Restored)
        {
            Require(TLayout.TryRestore(_vmemmap, Cpu, Page));
        }

        _map = Read();
        _isRemapping = false;
        _memory.Map(_map);
        IsReached = false;
        IsFaulted = false;
    }

    /// <summary>The tables begin to change: what was written so far was written to what they said.</summary>
    public void Remapping()
    {
        if (!_isRemapping)
        {
            _isFresh = false;
            _isRemapping = true;
            Judge();
        }
    }

    /// <summary>The tables have changed.</summary>
    public void Remapped()
    {
        if (SlotMap.TryRead(_vmemmap, Page) is { } map)
        {
            _map = map;
            _isRemapping = false;
            _memory.Map(map);
        }
    }

    /// <summary>Looks at what was written since the tables changed, and forgets it.</summary>
    public void Judge()
    {
        bool isChanged = false;
        for (int slot = 0; slot < _map.Count; slot++)
        {
            if (_memory.IsChanged(slot))
            {
                isChanged = true;
                IsFaulted |= _map.IsAlias(slot);
            }
        }

        IsReached |= isChanged;
        _memory.RequireFences();
        if (isChanged)
        {
            _memory.Refill();
        }
    }

    private static void Require(bool done)
    {
        if (!done)
        {
            throw new InvalidOperationException("The machine has no memory left for what a run begins with.");
        }
    }

    private SlotMap Read() => SlotMap.TryRead(_vmemmap, Page) ?? throw new InconsistentMachineException("An entry is broken.");

    // As the kernel prepares one for the pool: compound, frozen, marked.
    private ShadowedPage<TArch, TLayout> Make()
    {
        Machine<TArch> machine = _vmemmap.Machine;
        ulong tailInfo = TLayout.TailInfo(machine.Vmemmap.AddressOf(_pfn), _hstate.Order, machine.Vmemmap.StructPageSize);
        CompoundPages.Prepare(machine, Cpu, _pfn, _hstate.Order, tailInfo, (1UL << _hstate.Order) - 1);
        _isFresh = true;
        return new(new HugePage<TArch, TLayout>(_vmemmap, _pfn, _hstate), _memory);
    }
}
