using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>
/// The run of the cover letters: a pool is filled, what that took and gave is read off the machine, and the pool is emptied again. With several sizes the
/// larger ones come first into the pool, and last out of it: memory that is still in one piece is theirs.
/// </summary>
public static class AllocateThenFree
{
    /// <summary>Runs it.</summary>
    /// <typeparam name="TArch">The machine's architecture.</typeparam>
    /// <typeparam name="TLayout">How vmemmap is optimized.</typeparam>
    /// <param name="request">What to simulate; its architecture is that of the type argument.</param>
    /// <exception cref="SimulationRefusedException">The machine cannot be, or its memory does not hold the huge pages.</exception>
    /// <exception cref="InconsistentMachineException">The machine's books and its page tables disagree.</exception>
    public static AllocateThenFreeRun Run<TArch, TLayout>(SimulationRequest request)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        ArgumentNullException.ThrowIfNull(request);
        Hstate[] hstates = HugePageDemand.Check<TArch, TLayout>(request);
        ulong extra = HugePageDemand.ExtraBytes<TArch>(request, hstates);
        var system = new SimulatedSystem<TArch, TLayout>(request, extra);
        if (!TryRun(system, request, hstates, out AllocateThenFreeRun? run, out _))
        {
            // Some memory is in pieces that are too small: a zone or a node ends there, or the kernel's own memory is in between.
            extra += HugePageDemand.ExtraBytesForPieces<TArch>(request, hstates);
            system = new SimulatedSystem<TArch, TLayout>(request, extra);
            if (!TryRun(system, request, hstates, out run, out string? missing))
            {
                throw new SimulationRefusedException(missing);
            }
        }

        return run;
    }

    /// <summary>Runs it over an architecture and a layout that are chosen by name.</summary>
    /// <param name="request">What to simulate.</param>
    /// <param name="layout">Name of a built-in layout.</param>
    /// <exception cref="SimulationRefusedException">There is no such architecture or layout, the machine cannot be, or its memory does not hold the huge pages.</exception>
    public static AllocateThenFreeRun Run(SimulationRequest request, string layout)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Scenario.Run<ByName, AllocateThenFreeRun>(request.Architecture, layout, new ByName(request));
    }

    private static bool TryRun<TArch, TLayout>(
        SimulatedSystem<TArch, TLayout> system,
        SimulationRequest request,
        Hstate[] hstates,
        [NotNullWhen(true)] out AllocateThenFreeRun? run,
        [NotNullWhen(false)] out string? missing)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        Machine<TArch> machine = system.Machine;
        long vmemmapPages = machine.Books[FrameUse.Vmemmap];
        int[] largestFirst = [.. Enumerable.Range(0, hstates.Length).OrderByDescending(i => hstates[i].Size)];
        var figures = new SizeFigures[hstates.Length];
        run = null;
        foreach (int i in largestFirst)
        {
            figures[i] = Fill(system, hstates[i], request.HugePages[i].Count);
            if (figures[i].HugePages < request.HugePages[i].Count)
            {
                missing = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{hstates[i].Name}:{request.HugePages[i].Count}: this machine's memory has {figures[i].HugePages} pieces of {hstates[i].Name}, aligned and in one zone.");
                return false;
            }
        }

        VmemmapFrames.Check(machine);
        foreach (int i in largestFirst.Reverse())
        {
            figures[i] = Empty(system, figures[i]);
        }

        missing = null;
        run = new AllocateThenFreeRun(
            TArch.Name,
            1L << TArch.PageShift,
            BuiltInLayout.Find(TLayout.Name)!,
            (ulong)machine.Books.Total << TArch.PageShift,
            vmemmapPages,
            machine.MapsVmemmapByBlocks,
            1L << TArch.LevelShift(TArch.LevelCount - 2),
            request.Batched ?? TLayout.HasBatches,
            figures,
            Enum.GetValues<ViolationKind>().Where(kind => machine.Violations[kind] > 0).ToDictionary(kind => kind, kind => machine.Violations[kind]),
            machine.Violations.First is [var first, ..] ? first.ToString() : null);
        return true;
    }

    private static SizeFigures Fill<TArch, TLayout>(SimulatedSystem<TArch, TLayout> system, Hstate hstate, long count)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        Machine<TArch> machine = system.Machine;
        MachineReading before = MachineReading.Of(machine);
        long reached = system.Pool.SetHugePages(hstate, count);
        MachineReading after = MachineReading.Of(machine);
        OperationCounters taken = after.Counters.Since(before.Counters);
        long optimized = system.Pool.OptimizedPages(hstate);
        return new SizeFigures
        {
            Hstate = hstate,
            HugePages = reached,
            Optimized = optimized,
            Reason = ReasonOf(system.Pool, hstate, reached, optimized),
            FreedPages = before.Vmemmap - after.Vmemmap,
            SplitPageTables = after.PageTables - before.PageTables,
            SharedTailPages = after.SharedTails - before.SharedTails,
            FreeByOrderBefore = before.FreeByOrder,
            FreeByOrder = after.FreeByOrder,
            Filling = taken,
            FillingNanoseconds = machine.Options.Costs.Nanoseconds(in taken),
        };
    }

    private static SizeFigures Empty<TArch, TLayout>(SimulatedSystem<TArch, TLayout> system, SizeFigures filled)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        Machine<TArch> machine = system.Machine;
        MachineReading before = MachineReading.Of(machine);
        long failures = system.Pool.Figures.RestoreFailures;
        machine.Books.MarkLowestFree();
        system.Pool.SetHugePages(filled.Hstate, 0);
        OperationCounters taken = machine.Count().Since(before.Counters);
        return filled with
        {
            Emptying = taken,
            EmptyingNanoseconds = machine.Options.Costs.Nanoseconds(in taken),
            PeakExtraFrames = Math.Max(0, before.Free - machine.Books.LowestFree),
            RestoreFailures = system.Pool.Figures.RestoreFailures - failures,
            HugePagesLeft = system.Pool[filled.Hstate].Pages,
        };
    }

    private static string? ReasonOf<TArch, TLayout>(HugetlbPool<TArch, TLayout> pool, Hstate hstate, long reached, long optimized)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        string reason = pool.Explain(hstate);
        return reason.Length > 0 ? reason
            : optimized == reached ? null
            : string.Create(CultureInfo.InvariantCulture, $"{hstate.Name}: {reached - optimized} of {reached} stayed as they were: allocations failed");
    }

    private readonly struct ByName(SimulationRequest request) : IScenario<AllocateThenFreeRun>
    {
        public AllocateThenFreeRun Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout => AllocateThenFree.Run<TArch, TLayout>(request);
    }
}
