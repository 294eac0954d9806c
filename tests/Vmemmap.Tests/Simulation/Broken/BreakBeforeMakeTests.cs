using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Optimizer;

namespace Vmemmap.Tests.Simulation.Broken;

/// <summary>Live entries that are overwritten, as arm64 did from v5.19 to v6.2.</summary>
public class BreakBeforeMakeTests
{
    [Fact]
    public void OverwrittenEntries_AreForbiddenOnArm64Only()
    {
        // Eight entries of a 2M page get other addresses; where a block maps them it is split first.
        Expect.Only(Optimize<Arm64K4Va48, ReserveOne>(BreakBeforeMakePolicy.Ignore, VmemmapMapping.BasePages), ViolationKind.NoBreakBeforeMake, count: 8);
        Expect.Only(Optimize<Arm64K4Va48, ReserveOne>(BreakBeforeMakePolicy.Ignore, VmemmapMapping.Blocks), ViolationKind.NoBreakBeforeMake, count: 9);
        Expect.Only(Optimize<Arm64K4Va48, SharedTail>(BreakBeforeMakePolicy.Ignore, VmemmapMapping.BasePages), ViolationKind.NoBreakBeforeMake, count: 8);
        Expect.Only(Optimize<Arm64K4Va48, ReserveTwo>(BreakBeforeMakePolicy.Ignore, VmemmapMapping.BasePages), ViolationKind.NoBreakBeforeMake, count: 6);
        Expect.None(Optimize<X64, ReserveOne>(BreakBeforeMakePolicy.Ignore, VmemmapMapping.BasePages));
        Expect.None(Optimize<X64, ReserveOne>(BreakBeforeMakePolicy.Ignore, VmemmapMapping.Blocks));
        Expect.None(Optimize<RiscV64Sv48, ReserveOne>(BreakBeforeMakePolicy.Ignore, VmemmapMapping.Blocks));
    }

    [Theory]
    [InlineData(BreakBeforeMakePolicy.FaultFixUp)]
    [InlineData(BreakBeforeMakePolicy.StopMachine)]
    [InlineData(BreakBeforeMakePolicy.IpiPause)]
    public void BrokenEntries_MayBeMade(BreakBeforeMakePolicy policy)
    {
        foreach (VmemmapMapping mapping in new[] { VmemmapMapping.BasePages, VmemmapMapping.Blocks })
        {
            Expect.None(Optimize<Arm64K4Va48, ReserveOne>(policy, mapping));
            Expect.None(Optimize<Arm64K4Va48, SharedTail>(policy, mapping));
            Expect.None(Optimize<Arm64K4Va48, ReserveTwo>(policy, mapping));
        }
    }

    [Fact]
    public void AKernelThatRefuses_IsNotToBeAsked()
    {
        InconsistentMachineException thrown = Assert.Throws<InconsistentMachineException>(
            () => Optimize<Arm64K4Va48, ReserveOne>(BreakBeforeMakePolicy.Refuse, VmemmapMapping.BasePages));
        Assert.Contains("refuse", thrown.Message, StringComparison.Ordinal);
    }

    private static Machine<TArch> Optimize<TArch, TLayout>(BreakBeforeMakePolicy policy, VmemmapMapping mapping)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        OptimizerRig<TArch, TLayout> rig = BrokenRig.Make<TArch, TLayout>(mapping, policy);
        HugePage<TArch, TLayout> page = rig.Take();
        rig.Warm();
        Assert.True(rig.TryOptimize(page));
        rig.Checker.Check(rig.Pages);
        return rig.Machine;
    }
}
