using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <summary>What was done to page tables: everything that its simulated time is the sum of, so that the time can be computed from the
/// prices of <see cref="CostModel"/>.</summary>
/// <param name="TablesAllocated">Tables taken.</param>
/// <param name="TablesFreed">Tables given back.</param>
/// <param name="PteWrites">Entries written.</param>
/// <param name="TlbFlushes">Flushes asked for.</param>
/// <param name="Ipis">Interrupts to other CPUs to have them flush.</param>
/// <param name="LockAcquisitions">Locks taken.</param>
/// <param name="StructPagesWritten">Struct pages written.</param>
/// <param name="ReferenceUpdates">References and mapcounts of struct pages that were changed.</param>
/// <param name="SystemCalls">System calls.</param>
/// <param name="Wakeups">vCPUs that were woken.</param>
/// <param name="SimulatedNanoseconds">Simulated time of all that, rounded.</param>
public sealed record PostcopyWork(
    long TablesAllocated,
    long TablesFreed,
    long PteWrites,
    long TlbFlushes,
    long Ipis,
    long LockAcquisitions,
    long StructPagesWritten,
    long ReferenceUpdates,
    long SystemCalls,
    long Wakeups,
    long SimulatedNanoseconds)
{
    /// <summary>The work that was counted.</summary>
    /// <param name="counters">What was counted.</param>
    /// <param name="nanoseconds">Its simulated time.</param>
    public static PostcopyWork Of(OperationCounters counters, double nanoseconds) => new(
        counters.PageTablesAllocated,
        counters.PageTablesFreed,
        counters.PteWrites,
        counters.TlbFlushes,
        counters.Ipis,
        counters.LockAcquisitions,
        counters.StructPagesWritten,
        counters.ReferenceUpdates,
        counters.SystemCalls,
        counters.Wakeups,
        (long)Math.Round(nanoseconds));
}
