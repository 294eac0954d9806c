using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>
/// Break-before-make under one policy: a few huge pages are optimized and restored on a small machine, and in every window in which entries are broken each
/// other CPU asks for the head of a frame whose struct page is in the broken range, as code that walks PFNs does.
/// </summary>
/// <param name="Policy">The policy.</param>
/// <param name="HugePages">Huge pages that were optimized and restored.</param>
/// <param name="Windows">Windows that were opened.</param>
/// <param name="Reads">Reads that other CPUs tried in them.</param>
/// <param name="Faults">Of these, those that faulted and were fixed up.</param>
/// <param name="Held">Of these, those that did not happen because their CPU was held.</param>
/// <param name="MachineStops">Times all other CPUs were stopped.</param>
/// <param name="CpuPauses">CPUs that were paused by an interrupt.</param>
public sealed record BrokenWindows(
    BreakBeforeMakePolicy Policy, int HugePages, long Windows, long Reads, long Faults, long Held, long MachineStops, long CpuPauses)
{
    /// <summary>Runs it under each policy that remaps, and does so as the architecture wants it.</summary>
    /// <param name="request">The machine; its memory, its nodes and its pool are made small.</param>
    /// <param name="layout">Name of a built-in layout.</param>
    /// <param name="hstate">The size.</param>
    /// <param name="count">Huge pages that were asked for; a few of them are enough.</param>
    /// <returns>Empty where the architecture needs no break-before-make.</returns>
    public static IReadOnlyList<BrokenWindows> Run(SimulationRequest request, string layout, Hstate hstate, long count)
    {
        ArgumentNullException.ThrowIfNull(request);
        return
        [
            .. new[] { BreakBeforeMakePolicy.FaultFixUp, BreakBeforeMakePolicy.StopMachine, BreakBeforeMakePolicy.IpiPause }
                .Select(policy => Scenario.Run<ByName, BrokenWindows?>(
                    request.Architecture, layout, new ByName(request with { BreakBeforeMake = policy }, hstate, count)))
                .OfType<BrokenWindows>(),
        ];
    }

    private readonly struct ByName(SimulationRequest request, Hstate hstate, long count) : IScenario<BrokenWindows?>
    {
        public BrokenWindows? Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            if (!TArch.RequiresBreakBeforeMake)
            {
                return null;
            }

            int few = SmallPool.CountFor(hstate, count);
            Readers<TArch, TLayout>? readers = null;
            SimulatedSystem<TArch, TLayout> system = SmallPool.Fill<TArch, TLayout>(
                request, hstate, few, made => (readers = new Readers<TArch, TLayout>(made)).See);
            system.Pool.SetHugePages(hstate, 0);
            OperationCounters all = system.Machine.Count();
            return new BrokenWindows(
                request.BreakBeforeMake, few, readers!.Windows, readers.Reads, all.BreakBeforeMakeFaults, readers.Held, all.MachineStops, all.CpuPauses);
        }
    }

    private sealed class Readers<TArch, TLayout>
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        private readonly Machine<TArch> _machine;
        private readonly PfnWalker<TArch, TLayout>[] _walkers;

        public Readers(SimulatedSystem<TArch, TLayout> system)
        {
            _machine = system.Machine;
            _walkers = [.. _machine.Cpus.Select(cpu => new PfnWalker<TArch, TLayout>(system.Vmemmap, cpu))];
        }

        public long Windows { get; private set; }

        public long Reads { get; private set; }

        public long Held { get; private set; }

        public bool See(MachineEvent machineEvent, Cpu<TArch> cpu)
        {
            if (machineEvent != MachineEvent.InBreakBeforeMake)
            {
                return false;
            }

            Windows++;
            ulong pfn = BrokenPfn();
            foreach (PfnWalker<TArch, TLayout> walker in _walkers)
            {
                if (walker.Cpu != cpu)
                {
                    long faults = walker.Cpu.Counters.BreakBeforeMakeFaults;
                    Reads++;
                    PfnLookup found = walker.FindHead(pfn, out _);
                    Held += found == PfnLookup.TryAgain && walker.Cpu.Counters.BreakBeforeMakeFaults == faults ? 1 : 0;
                }
            }

            return false;
        }

        private ulong BrokenPfn()
        {
            for (long page = 0; page < _machine.Vmemmap.Pages; page++)
            {
                if (_machine.PageTables.IsBroken(page))
                {
                    return _machine.Vmemmap.PfnOf(_machine.Vmemmap.AddressOfPage(page));
                }
            }

            throw new InconsistentMachineException("A break-before-make window is open, and no page of vmemmap is broken.");
        }
    }
}
