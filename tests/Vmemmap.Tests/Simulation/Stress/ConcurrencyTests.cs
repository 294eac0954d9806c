using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Stress;

/// <summary>Pools, PFN walkers and memory that comes and goes, all on threads of their own.</summary>
public class ConcurrencyTests
{
    [Fact]
    public void X64_ReserveOne() => new StressRun<X64, ReserveOne>(default).Run();

    [Fact]
    public void X64_SharedTail() => new StressRun<X64, SharedTail>(default).Run();

    [Fact]
    public void X64_ReserveTwo() => new StressRun<X64, ReserveTwo>(default).Run();

    [Fact]
    public void RiscV64_ReserveOne() => new StressRun<RiscV64Sv48, ReserveOne>(default).Run();

    [Theory]
    [InlineData(BreakBeforeMakePolicy.FaultFixUp)]
    [InlineData(BreakBeforeMakePolicy.StopMachine)]
    [InlineData(BreakBeforeMakePolicy.IpiPause)]
    public void Arm64_ReserveOne(BreakBeforeMakePolicy policy) => new StressRun<Arm64K4Va48, ReserveOne>(policy).Run();

    [Fact]
    public void Arm64_SharedTail() => new StressRun<Arm64K4Va48, SharedTail>(BreakBeforeMakePolicy.FaultFixUp).Run();
}
