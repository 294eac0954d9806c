using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Broken;
using Vmemmap.Tests.Simulation.Memory;
using Vmemmap.Tests.Simulation.Optimizer;

namespace Vmemmap.Tests.Simulation.Stress;

/// <summary>Break-before-make windows of two CPUs that are open at once.</summary>
public class WindowTests
{
    [Fact]
    public void WindowsThatBeginOnTheSamePage_CloseEachForItself()
    {
        OptimizerRig<Arm64K4Va48, ReserveOne> rig = BrokenRig.Make<Arm64K4Va48, ReserveOne>(VmemmapMapping.Blocks);

        // The first folio's vmemmap begins where the block does that is split for the second.
        HugePage<Arm64K4Va48, ReserveOne> first = rig.TakeAt(0);
        HugePage<Arm64K4Va48, ReserveOne> second = rig.TakeAt(1024);
        Assert.Equal(0, first.FirstVmemmapPage);
        using ManualResetEventSlim split = new();
        using ManualResetEventSlim broken = new();
        bool isBroken = false;
        AccessResult seen = AccessResult.Done;
        rig.Machine.Observer = (machineEvent, cpu) =>
        {
            if (cpu.Number == 0 && !split.IsSet)
            {
                // The table is in its place, and the window in which it was put there is still open.
                isBroken |= machineEvent == MachineEvent.InBreakBeforeMake;
                if (isBroken && machineEvent == MachineEvent.EntryWritten)
                {
                    split.Set();
                    broken.Wait();
                }
            }
            else if (cpu.Number == 1 && machineEvent == MachineEvent.InBreakBeforeMake && !broken.IsSet)
            {
                broken.Set();
                SpinWait.SpinUntil(() => rig.Machine.PageTables.ClosedWindows > 0);
                seen = rig.Machine.Cpus[2].TryReadWord(rig.Machine.Vmemmap.AddressOfPage(3), out _);
            }

            return false;
        };
        Together.Run(2, thread =>
        {
            if (thread == 1)
            {
                split.Wait();
            }

            Assert.True(ReserveOne.TryOptimize(rig.Remapper, rig.Machine.Cpus[thread], thread == 0 ? second : first));
        });
        rig.Machine.Observer = null;
        Assert.Equal(AccessResult.InBreakBeforeMake, seen);
        rig.Check();
    }
}
