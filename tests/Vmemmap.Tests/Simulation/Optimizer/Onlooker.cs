using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Checking;

namespace Vmemmap.Tests.Simulation.Optimizer;

/// <summary>
/// Looks at a machine from inside an operation: the checker, and the other CPUs finding heads through whatever translations they have.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">The layout.</typeparam>
internal sealed class Onlooker<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private readonly OptimizerRig<TArch, TLayout> _rig;
    private readonly int _every;
    private readonly Dictionary<MachineEvent, long> _seen = [];
    private long _events;

    /// <summary>Starts to look.</summary>
    /// <param name="rig">The machine.</param>
    /// <param name="every">Which of the events that come often are looked at: every so manieth.</param>
    public Onlooker(OptimizerRig<TArch, TLayout> rig, int every)
    {
        _rig = rig;
        _every = every;
        rig.Machine.Observer = Look;
    }

    /// <summary>How often an event came.</summary>
    public long this[MachineEvent machineEvent] => _seen.GetValueOrDefault(machineEvent);

    /// <summary>Accesses of other CPUs that faulted in a break-before-make window, or found their CPU stopped.</summary>
    public long HeldUp { get; private set; }

    public void Stop() => _rig.Machine.Observer = null;

    private bool Look(MachineEvent machineEvent, Cpu<TArch> cpu)
    {
        _seen[machineEvent] = this[machineEvent] + 1;
        bool always = machineEvent is MachineEvent.BatchSplit or MachineEvent.BatchRemapped;
        if (!always && _events++ % _every != 0)
        {
            return false;
        }

        _rig.Check(machineEvent == MachineEvent.InBreakBeforeMake ? CheckMoment.Broken : CheckMoment.Within);
        foreach (Cpu<TArch> other in _rig.Machine.Cpus)
        {
            if (other != cpu)
            {
                FindHeads(other, always);
            }
        }

        return true;
    }

    // The first CPU of the others sees all, which fills its TLB anew; the last keeps the translations it had.
    private void FindHeads(Cpu<TArch> cpu, bool all)
    {
        ulong structPages = (1UL << TArch.PageShift) / (ulong)_rig.Machine.Options.StructPageSize;
        foreach (HugePage<TArch, TLayout> page in _rig.Pages)
        {
            ulong step = all ? structPages / 2 : Math.Max(structPages, (ulong)page.Count / 16);
            for (ulong i = 0; i < (ulong)page.Count; i += i % structPages == 0 ? 1 : step - 1)
            {
                FindHead(cpu, page, page.HeadPfn + i);
            }
        }
    }

    private void FindHead(Cpu<TArch> cpu, HugePage<TArch, TLayout> page, ulong pfn)
    {
        AccessResult result = TLayout.TryCompoundHead(_rig.Remapper, cpu, pfn, out ulong head);
        if (result == AccessResult.Done)
        {
            if (head != page.HeadPfn)
            {
                Assert.Fail($"CPU {cpu.Number} finds head 0x{head:x} for 0x{pfn:x}, of the huge page at 0x{page.HeadPfn:x}.");
            }

            return;
        }

        HeldUp++;
        Assert.Equal(_rig.Machine.BreakBeforeMake == BreakBeforeMakePolicy.FaultFixUp ? AccessResult.InBreakBeforeMake : AccessResult.Stopped, result);
    }
}
