using System.Reflection;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.MemoryProbe;

/// <summary>A simulated machine on which snippets of its architecture and layout run, one at a time.</summary>
internal abstract class SnippetMachine
{
    /// <summary>Struct pages of each of its huge pages.</summary>
    public abstract long StructPages { get; }

    /// <summary>What no correct kernel does, and this one did.</summary>
    public abstract long Violations { get; }

    /// <summary>The tables of the first huge page, brought into a state.</summary>
    public abstract SlotMap MapIn(VmemmapState state);

    /// <summary>Makes a snippet of a method.</summary>
    public abstract Delegate Bind(MethodInfo method);

    /// <summary>Runs one.</summary>
    /// <param name="body">What <see cref="Bind"/> made.</param>
    /// <param name="input">What it is run with.</param>
    public abstract RunResult Run(Delegate body, in PageInput input);

    /// <summary>Makes the machine of an architecture and a layout.</summary>
    /// <param name="architecture">The architecture.</param>
    /// <param name="layout">The layout.</param>
    /// <param name="memory">Makes the struct pages of a huge page: how many, and bytes of a page of vmemmap.</param>
    public static SnippetMachine Of(Type architecture, Type layout, Func<long, int, StructPageMemory> memory) =>
        (SnippetMachine)Activator.CreateInstance(
            typeof(SnippetMachine<,>).MakeGenericType(architecture, layout),
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.DoNotWrapExceptions,
            binder: null,
            [memory],
            culture: null)!;
}

/// <inheritdoc/>
/// <typeparam name="TArch">Its architecture.</typeparam>
/// <typeparam name="TLayout">Its layout.</typeparam>
internal sealed class SnippetMachine<TArch, TLayout> : SnippetMachine
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private const int HugePages = 2;

    private readonly Machine<TArch> _machine;
    private readonly VmemmapRemapper<TArch> _vmemmap;
    private readonly WatchedPage<TArch, TLayout> _page;
    private readonly WatchedPage<TArch, TLayout> _other;
    private bool _watchesOther;

    public SnippetMachine(Func<long, int, StructPageMemory> memory)
    {
        Hstate hstate = TArch.DefaultHstate;

        // Whole sections, with room for the kernel's own.
        ulong section = TArch.PageShift == 16 ? 1UL << 29 : 1UL << 27;
        ulong bytes = Math.Max(2 * section, (((HugePages + 1) * hstate.Size) + section - 1) / section * section);
        _machine = new Machine<TArch>(MachineOptions.OfSize(bytes) with
        {
            Cpus = 1,
            BreakBeforeMake = BreakBeforeMakePolicy.StopMachine,
            VmemmapMapping = TLayout.NeedsBasePages ? VmemmapMapping.BasePages : VmemmapMapping.Default,
        });
        _vmemmap = new VmemmapRemapper<TArch>(_machine);
        _page = Take(hstate, memory);
        _other = Take(hstate, memory);
        _machine.Observer = OnEvent;
    }

    public override long StructPages => TArch.DefaultHstate.StructPages;

    public override long Violations => _machine.Violations.Count;

    public override SlotMap MapIn(VmemmapState state)
    {
        _page.Prepare(state);
        return _page.Map;
    }

    public override Delegate Bind(MethodInfo method) => method.CreateDelegate<SnippetBody<TArch, TLayout>>();

    public override RunResult Run(Delegate body, in PageInput input)
    {
        _page.Prepare(input.State);
        _watchesOther = false;
        if (input.Other is { } other)
        {
            _other.Prepare(other);
            _watchesOther = true;
        }

        _machine.PageAllocator.Fail = input.IsShort ? _ => true : null;
        try
        {
            ((SnippetBody<TArch, TLayout>)body)(
                _page.Page, _watchesOther ? _other.Page : _page.Page, _vmemmap, _machine.Cpus[0], input.Number, input.Flag);
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or OverflowException or InsufficientMemoryException
            or OperationCanceledException)
        {
            // An index that the huge page does not have, no memory, or a throw that the snippet asked for: it goes no further.
        }
        finally
        {
            _machine.PageAllocator.Fail = null;
        }

        _page.Judge();
        if (!_watchesOther)
        {
            return new RunResult(_page.IsReached, _page.IsFaulted);
        }

        _other.Judge();
        return new RunResult(_page.IsReached || _other.IsReached, _page.IsFaulted || _other.IsFaulted);
    }

    private WatchedPage<TArch, TLayout> Take(Hstate hstate, Func<long, int, StructPageMemory> memory) =>
        _machine.PageAllocator.TryAllocate(_machine.Cpus[0], 0, hstate.Order, AllocationPurpose.HugePage, thisNode: true, out ulong pfn)
            ? new(_vmemmap, pfn, hstate, memory(hstate.StructPages, 1 << TArch.PageShift))
            : throw new InsufficientMemoryException($"{TArch.Name}: no huge page of {hstate.Name}.");

    private bool OnEvent(MachineEvent machineEvent, Cpu<TArch> cpu)
    {
        Tell(_page, machineEvent);
        if (_watchesOther)
        {
            Tell(_other, machineEvent);
        }

        // Of a grace period: nobody reads meanwhile, so it may end.
        return false;
    }

    private static void Tell(WatchedPage<TArch, TLayout> page, MachineEvent machineEvent)
    {
        if (machineEvent == MachineEvent.EntryWritten)
        {
            page.Remapping();
        }
        else if (machineEvent == MachineEvent.Flushed)
        {
            page.Remapped();
        }
    }
}
