namespace Vmemmap.Tests.Simulation.Optimizer;

/// <summary>The names of the five layouts.</summary>
public sealed class EveryLayout : TheoryData<string>
{
    public EveryLayout()
        : base(OnArchitecture.LayoutNames)
    {
    }
}
