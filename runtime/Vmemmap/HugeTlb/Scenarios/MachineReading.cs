using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>A machine's books and counters at one moment.</summary>
/// <param name="Free">Free frames.</param>
/// <param name="Vmemmap">Frames that hold struct pages.</param>
/// <param name="PageTables">Frames that are page tables.</param>
/// <param name="SharedTails">Frames that zones share as tail pages.</param>
/// <param name="FreeByOrder">Free blocks by order.</param>
/// <param name="Counters">What all CPUs have done.</param>
internal sealed record MachineReading(
    long Free, long Vmemmap, long PageTables, long SharedTails, IReadOnlyList<long> FreeByOrder, OperationCounters Counters)
{
    public static MachineReading Of<TArch>(Machine<TArch> machine)
        where TArch : struct, IArchitecture => new(
            machine.Books[FrameUse.Free],
            machine.Books[FrameUse.Vmemmap],
            machine.Books[FrameUse.PageTable],
            machine.Books[FrameUse.SharedTail],
            machine.FreeByOrder(),
            machine.Count());
}
