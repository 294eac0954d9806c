using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>A small machine with a few huge pages of one size in its pool, otherwise as the one that was asked for: for questions that a few pages answer.</summary>
internal static class SmallPool
{
    /// <summary>Builds it and fills the pool.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="hstate">The size.</param>
    /// <param name="count">Huge pages.</param>
    /// <param name="observer">Called at the machine's events from the start of filling the pool; null: nobody looks.</param>
    public static SimulatedSystem<TArch, TLayout> Fill<TArch, TLayout>(
        SimulationRequest request, Hstate hstate, int count, Func<SimulatedSystem<TArch, TLayout>, Func<MachineEvent, Cpu<TArch>, bool>>? observer = null)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        ulong section = SimulatedSystem<TArch, TLayout>.SectionBytes;
        ulong bytes = hstate.Size * (ulong)count;
        SimulationRequest small = request with
        {
            MemoryBytes = (bytes + section - 1) / section * section,
            Nodes = 1,
            HugePages = [new HugePageRequest(hstate.Size, count)],
            FailureProbability = 0,
        };
        var system = new SimulatedSystem<TArch, TLayout>(small, HugePageDemand.ExtraBytesForPieces<TArch>(small, [hstate]));
        system.Machine.Observer = observer?.Invoke(system);
        long reached = system.Pool.SetHugePages(hstate, count);
        return reached == count ? system : throw new InconsistentMachineException(
            $"A machine of {system.Machine.Books.Total} frames, made for {count} huge pages of {hstate.Name}, has only {reached}.");
    }

    /// <summary>Huge pages that answer a question about a size: a few, and fewer where they are large.</summary>
    public static int CountFor(Hstate hstate, long wanted) => (int)Math.Min(wanted, hstate.Size >> 30 == 0 ? 16 : 4);
}
