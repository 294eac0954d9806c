using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Optimizer;

/// <summary>A frame that leaves vmemmap waits until every CPU has flushed: at the last flush of an optimization all of them still wait.</summary>
public class FlushBeforeFreeTests
{
    // Frames that leave the vmemmap of a 2M page: 6 of 8, 7, or all 8 where the head moves to a new one.
    [Theory]
    [InlineData("reserve-two-posted", 6)]
    [InlineData("reserve-two", 6)]
    [InlineData("reserve-one-kept-head", 7)]
    [InlineData("reserve-one", 8)]
    [InlineData("shared-tail", 8)]
    public void OnePage(string layout, long frames) => OnArchitecture.Run("x86-64", layout, new WaitCase(1, frames, Batch: false));

    [Theory]
    [InlineData("reserve-one", 8)]
    [InlineData("shared-tail", 8)]
    public void ABatch(string layout, long frames) => OnArchitecture.Run("x86-64", layout, new WaitCase(5, frames, Batch: true));

    private sealed record WaitCase(int Pages, long Frames, bool Batch) : IMachineTest
    {
        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            Hstate hstate = OptimizerRig<TArch, TLayout>.HstateOf("2M");
            var rig = OptimizerRig<TArch, TLayout>.OfSize(OptimizerRig<TArch, TLayout>.RoomFor(hstate));
            rig.TakeFirst(hstate, Pages);
            long waiting = -1;
            rig.Machine.Observer = (machineEvent, _) =>
            {
                waiting = machineEvent == MachineEvent.Flushed ? rig.Machine.Books[FrameUse.Deferred] : waiting;
                return false;
            };
            if (Batch)
            {
                rig.OptimizeBatch(rig.Pages);
            }
            else
            {
                Assert.True(rig.TryOptimize(rig.Pages[0]));
            }

            Assert.Equal(Pages * Frames, waiting);
            Assert.Equal(0, rig.Machine.Books[FrameUse.Deferred]);
        }
    }
}
