using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>What became of restores with so much free memory and no more.</summary>
/// <param name="FreeFrames">Free frames when it began.</param>
/// <param name="ShrinkLeft">Huge pages that shrinking the pool to 0 left in it.</param>
/// <param name="ShrinkFailures">Restores that failed meanwhile.</param>
/// <param name="Demoted">Huge pages that were demoted, of one that was to be; null if there is no smaller size.</param>
/// <param name="DemoteFailures">Restores that failed meanwhile.</param>
public sealed record ScarceMemoryOutcome(long FreeFrames, long ShrinkLeft, long ShrinkFailures, long? Demoted, long DemoteFailures);

/// <summary>
/// Restores against free memory. The pool is shrunk to 0, or one page of it demoted, on small machines whose memory was used up by somebody else
/// to a number of frames: none, one less than a huge page needs, as many, twice as many.
/// </summary>
/// <param name="HugePages">Huge pages in the pool.</param>
/// <param name="FramesNeeded">Frames that restoring one of them takes.</param>
/// <param name="Outcomes">One for each number of free frames.</param>
public sealed record ScarceMemory(int HugePages, long FramesNeeded, IReadOnlyList<ScarceMemoryOutcome> Outcomes)
{
    private const int Pool = 4;

    /// <summary>Runs it.</summary>
    /// <param name="request">The machine; its memory, its nodes and its pool are made small.</param>
    /// <param name="layout">Name of a built-in layout.</param>
    /// <param name="hstate">The size.</param>
    /// <returns>Null if huge pages of this size are not optimized, so that there is nothing to restore.</returns>
    public static ScarceMemory? Run(SimulationRequest request, string layout, Hstate hstate)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Scenario.Run<ByName, ScarceMemory?>(request.Architecture, layout, new ByName(request, hstate));
    }

    private readonly struct ByName(SimulationRequest request, Hstate hstate) : IScenario<ScarceMemory?>
    {
        public ScarceMemory? Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            SimulatedSystem<TArch, TLayout> shrunk = SmallPool.Fill<TArch, TLayout>(request, hstate, Pool);
            if (shrunk.Pool.OptimizedPages(hstate) < Pool)
            {
                return null;
            }

            long needed = hstate.FreedPages(TLayout.Layout, request.StructPageSize);
            var outcomes = new List<ScarceMemoryOutcome>();
            foreach (long free in (long[])[0, needed - 1, needed, 2 * needed])
            {
                UseUp(shrunk.Machine, free);
                shrunk.Pool.SetHugePages(hstate, 0);
                outcomes.Add(new ScarceMemoryOutcome(free, shrunk.Pool[hstate].Pages, shrunk.Pool.Figures.RestoreFailures, null, 0));
                shrunk = SmallPool.Fill<TArch, TLayout>(request, hstate, Pool);
                if (shrunk.Pool.DemoteTargets(hstate).Count > 0)
                {
                    UseUp(shrunk.Machine, free);
                    long demoted = shrunk.Pool.Demote(hstate, 1);
                    outcomes[^1] = outcomes[^1] with { Demoted = demoted, DemoteFailures = shrunk.Pool.Figures.RestoreFailures };
                    shrunk = SmallPool.Fill<TArch, TLayout>(request, hstate, Pool);
                }
            }

            return new ScarceMemory(Pool, needed, outcomes);
        }

        private static void UseUp<TArch>(Machine<TArch> machine, long free)
            where TArch : struct, IArchitecture
        {
            for (int order = Machine<TArch>.MaxOrder; order >= 0; order--)
            {
                while (machine.Books[FrameUse.Free] - (1L << order) >= free
                    && machine.PageAllocator.TryAllocate(machine.Cpus[0], 0, order, AllocationPurpose.Other, thisNode: false, out _))
                {
                }
            }
        }
    }
}
