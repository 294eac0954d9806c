using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <summary>
/// The VMM's thread that maps what has arrived: one UFFDIO_CONTINUE for each piece, which takes what its CPU counts. It sleeps when there
/// is nothing to do.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How vmemmap is optimized.</typeparam>
/// <param name="destination">The machine.</param>
/// <param name="arrived">What arrives.</param>
/// <param name="pieceBytes">Bytes of a piece.</param>
/// <param name="costs">What counted events cost.</param>
/// <param name="waiters">How many vCPUs wait for a piece.</param>
internal sealed class PostcopyHandler<TArch, TLayout>(
    PostcopyDestination<TArch, TLayout> destination, ArrivedPieces arrived, ulong pieceBytes, CostModel costs, Func<long, int> waiters)
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private OperationCounters _continuing;

    /// <summary>When it has done what it does.</summary>
    public double FreeAt { get; private set; } = double.NegativeInfinity;

    /// <summary>When it maps something next; never, if nothing is on its way. What arrives while it sleeps wakes it.</summary>
    public double NextAt => arrived.FirstAt is var first && first > FreeAt ? first + costs.WakeupLatency : FreeAt;

    /// <summary>Calls it has made.</summary>
    public long Continues { get; private set; }

    /// <summary>What they took.</summary>
    public OperationCounters Continuing => _continuing;

    /// <summary>The most page tables there were after one of them.</summary>
    public long PeakPageTables { get; private set; }

    /// <summary>Maps a piece and wakes the vCPUs that wait for it; both are done at <see cref="FreeAt"/>, and they run somewhat later.</summary>
    /// <param name="now">When it begins.</param>
    /// <returns>The piece.</returns>
    public long Map(double now)
    {
        Cpu<TArch> cpu = destination.Handler;
        OperationCounters before = cpu.Counters;
        long piece = arrived.Take(now);
        MappingResult result = destination.Mapping.Continue(cpu, destination.Mapping.Start + ((ulong)piece * pieceBytes), pieceBytes);
        if (!result.IsDone)
        {
            throw new InconsistentMachineException($"Piece {piece} of 0x{pieceBytes:x} bytes could not be mapped: {result.Error}. {result.Reason}");
        }

        cpu.Counters.Wakeups += waiters(piece);
        Continues++;
        PeakPageTables = Math.Max(PeakPageTables, destination.Space.PageTables);
        OperationCounters taken = cpu.Counters.Since(in before);
        _continuing.Add(in taken);
        FreeAt = now + costs.Nanoseconds(in taken);
        return piece;
    }
}
