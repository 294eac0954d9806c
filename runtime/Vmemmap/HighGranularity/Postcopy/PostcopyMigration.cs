using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <summary>
/// What high-granularity mapping is for: a guest on huge pages runs at its destination before its memory is there (post-copy live
/// migration), and what it
/// touches is fetched and mapped in small pieces, or in whole huge pages as without it. A replay over the page tables of a machine, in
/// each of several sizes.
/// </summary>
/// <remarks>
/// <para>What takes time: the bytes on the link, its latency, and what CPUs count: page faults, system calls, locks, entries, tables,
/// wakeups, flushes and
/// their interrupts. What does not: copying bytes that arrive to memory, accesses that are done, misses of TLBs, waiting for a lock that
/// another CPU holds,
/// nested page tables and exits of the guest, the source's own work, the bytes of requests.</para>
/// <para>One thread reads faults and asks for pieces; another one maps what has arrived, what vCPUs wait for first, and sleeps when there
/// is nothing. The
/// source sends what it was asked for in that order, and between two requests what nobody asked for, by address; this gives way after a
/// base page.</para>
/// <para>At the end, all memory is collapsed to huge pages (MADV_COLLAPSE). It holds mmap_lock and i_mmap_rwsem to write, under which
/// faults wait; no vCPU
/// faults any more by then, so its time is told beside, not added to theirs.</para>
/// <para>The same request gives the same run. Simulated time compares sizes with each other; it is not a prediction of a real
/// machine's.</para>
/// </remarks>
public static class PostcopyMigration
{
    /// <summary>Replays it over an architecture and a layout that are chosen by name.</summary>
    /// <param name="request">The migration.</param>
    /// <exception cref="SimulationRefusedException">There is no such architecture, layout or size, or it is too much to replay.</exception>
    /// <exception cref="InconsistentMachineException">A vCPU saw what it must not, or something was left behind.</exception>
    public static PostcopyRun Run(PostcopyRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Scenario.Run<ByName, PostcopyRun>(request.Architecture, request.Layout, new ByName(request));
    }

    /// <summary>Replays it.</summary>
    /// <typeparam name="TArch">The machines' architecture.</typeparam>
    /// <typeparam name="TLayout">How their vmemmap is optimized.</typeparam>
    /// <param name="request">The migration; its architecture and layout are those of the type arguments.</param>
    /// <exception cref="SimulationRefusedException">There is no such size, or it is too much to replay.</exception>
    /// <exception cref="InconsistentMachineException">A vCPU saw what it must not, or something was left behind.</exception>
    public static PostcopyRun Run<TArch, TLayout>(PostcopyRequest request)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        ArgumentNullException.ThrowIfNull(request);
        PostcopyRequest complete = PostcopyPlan.Complete<TArch, TLayout>(request);
        var figures = new List<PostcopyFigures>();
        var machines = new List<(long Optimized, string NotOptimized, ViolationLog Violations)>();
        foreach (ulong fetchBytes in complete.FetchBytes)
        {
            figures.Add(RunOne(fetchBytes, collapsesAutomatically: false));
            if (complete.WithAutomaticCollapse && fetchBytes < complete.HugePageBytes)
            {
                figures.Add(RunOne(fetchBytes, collapsesAutomatically: true));
            }
        }

        return new PostcopyRun(
            TArch.Name,
            1L << TArch.PageShift,
            complete,
            machines[0].Optimized,
            machines[0].NotOptimized,
            figures,
            machines.Sum(machine => machine.Violations.Count),
            machines.SelectMany(machine => machine.Violations.First).Select(violation => violation.ToString()).FirstOrDefault());

        PostcopyFigures RunOne(ulong fetchBytes, bool collapsesAutomatically)
        {
            var destination = new PostcopyDestination<TArch, TLayout>(complete, fetchBytes);
            machines.Add((destination.Optimized, destination.NotOptimized, destination.Machine.Violations));
            destination.Mapping.CollapsesAutomatically = collapsesAutomatically;
            return Run(destination, complete, fetchBytes);
        }
    }

    private static PostcopyFigures Run<TArch, TLayout>(PostcopyDestination<TArch, TLayout> destination, PostcopyRequest request, ulong fetchBytes)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        var replay = new PostcopyReplay<TArch, TLayout>(destination, request, fetchBytes);
        replay.Run();
        IReadOnlyList<LeafCount> before = destination.Leaves();
        OperationCounters continuing = replay.Handler.Continuing;
        bool collapses = destination.Mapping.IsHighGranularity && !destination.Mapping.CollapsesAutomatically && replay.AllThere is not null;
        OperationCounters? collapsing = collapses ? Collapse(destination) : null;
        double end = request.Push ? replay.AllThere ?? 0 : request.Duration;
        double[] stalls = [.. replay.Stalls.Select(stall => stall.Length).Order()];
        double lost = replay.Stalls.Sum(stall => Math.Max(0, Math.Min(end, stall.Began + stall.Length) - stall.Began));
        var figures = new PostcopyFigures
        {
            FetchBytes = (long)fetchBytes,
            CollapsesAutomatically = destination.Mapping.CollapsesAutomatically,
            FirstAccess = replay.FirstAccess,
            Accesses = replay.Accesses,
            Stalls = StallFigures.Of(stalls),
            StallNanoseconds = stalls,
            End = end,
            TimeLost = lost / (end * request.VirtualCpus),
            Running = RunningShare.Of(replay.Stalls, end, request.VirtualCpus),
            AllThere = replay.AllThere,
            Requests = replay.Requests,
            DemandedPieces = replay.Link.AskedPieces,
            PushedPieces = replay.Handler.Continues - replay.Link.AskedPieces,
            SentBytes = (long)replay.Link.SentBytes,
            Continues = replay.Handler.Continues,
            Continuing = continuing,
            ContinuingNanoseconds = request.Costs.Nanoseconds(in continuing),
            MappingNanoseconds = request.Costs.Nanoseconds(continuing with { Wakeups = 0 }),
            Collapsing = collapsing,
            CollapsingNanoseconds = collapsing is { } counted ? request.Costs.Nanoseconds(in counted) : 0,
            PeakPageTables = replay.Handler.PeakPageTables,
            PageTables = destination.Space.PageTables,
            LeavesBefore = before,
            Leaves = destination.Leaves(),
        };
        destination.End();
        return figures;
    }

    private static OperationCounters Collapse<TArch, TLayout>(PostcopyDestination<TArch, TLayout> destination)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        HugetlbMapping<TArch, TLayout> mapping = destination.Mapping;
        OperationCounters before = destination.Handler.Counters;
        MappingResult result = mapping.AdviseCollapse(destination.Handler, mapping.Start, mapping.End - mapping.Start);
        return result.IsDone
            ? destination.Handler.Counters.Since(in before)
            : throw new InconsistentMachineException($"The guest could not be collapsed: {result.Error}. {result.Reason}");
    }

    private readonly struct ByName(PostcopyRequest request) : IScenario<PostcopyRun>
    {
        public PostcopyRun Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout => PostcopyMigration.Run<TArch, TLayout>(request);
    }
}
