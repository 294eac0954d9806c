namespace Vmemmap.HugeTlb;

/// <summary>What demoting takes: all of the source is restored before anything of the target is optimized.</summary>
/// <param name="HugePages">Huge pages that were demoted together.</param>
/// <param name="Target">The size they were made into.</param>
/// <param name="PeakExtraFrames">The most frames that it took, at any moment, over those it had given back by then.</param>
public sealed record DemotePeak(long HugePages, Hstate Target, long PeakExtraFrames)
{
    /// <summary>Demotes a few huge pages of a size on a small machine.</summary>
    /// <param name="request">The machine; its memory, its nodes and its pool are made small.</param>
    /// <param name="layout">Name of a built-in layout.</param>
    /// <param name="hstate">The size.</param>
    /// <param name="count">Huge pages that were asked for; a few of them are enough.</param>
    /// <returns>Null if there is no smaller size.</returns>
    public static DemotePeak? Run(SimulationRequest request, string layout, Hstate hstate, long count)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Scenario.Run<ByName, DemotePeak?>(request.Architecture, layout, new ByName(request, hstate, count));
    }

    private readonly struct ByName(SimulationRequest request, Hstate hstate, long count) : IScenario<DemotePeak?>
    {
        public DemotePeak? Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            int few = SmallPool.CountFor(hstate, count);
            SimulatedSystem<TArch, TLayout> system = SmallPool.Fill<TArch, TLayout>(request, hstate, few);
            return system.Pool.DemoteTargets(hstate) is [var target, ..]
                ? new DemotePeak(system.Pool.Demote(hstate, few), target, Math.Max(0, system.Pool.Figures.PeakExtraFramesOfDemote))
                : null;
        }
    }
}
