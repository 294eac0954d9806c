using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Optimizer;

namespace Vmemmap.Tests.Simulation.Broken;

/// <summary>Machines for the broken variants: 128 MiB, which is one block of vmemmap, three CPUs, huge pages of 2M.</summary>
internal static class BrokenRig
{
    private const ulong Bytes = 128UL << 20;

    public static OptimizerRig<TArch, TLayout> Make<TArch, TLayout>(
        VmemmapMapping mapping = VmemmapMapping.BasePages, BreakBeforeMakePolicy policy = BreakBeforeMakePolicy.FaultFixUp)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout =>
        new(MachineOptions.OfSize(Bytes) with { Cpus = 3, BreakBeforeMake = policy, VmemmapMapping = mapping });

    public static HugePage<TArch, TLayout> Take<TArch, TLayout>(this OptimizerRig<TArch, TLayout> rig)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout => rig.Take(OptimizerRig<TArch, TLayout>.HstateOf("2M"));

    /// <summary>Makes a huge page of 2M of exactly these frames, which are free.</summary>
    public static HugePage<TArch, TLayout> TakeAt<TArch, TLayout>(this OptimizerRig<TArch, TLayout> rig, ulong head)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        Hstate hstate = OptimizerRig<TArch, TLayout>.HstateOf("2M");
        Assert.True(rig.Machine.PageAllocator.TryTake(head, 512, FrameUse.HugePage));
        ulong tailInfo = TLayout.TailInfo(rig.Machine.Vmemmap.AddressOf(head), hstate.Order, 64);
        CompoundPages.Prepare(rig.Machine, rig.Cpu, head, hstate.Order, tailInfo, 511);
        HugePage<TArch, TLayout> page = new(rig.Remapper, head, hstate);
        rig.Pages.Add(page);
        return page;
    }
}
