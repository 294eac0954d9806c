using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Optimizer;

/// <summary>Every layout on every architecture, with every huge page size of it: alone, and in batches that are looked at from inside.</summary>
public class LayoutTests
{
    public static TheoryData<string, string, string, BreakBeforeMakePolicy> Cases { get; } = LayoutCases.All();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Alone_TheCountsAreThoseOfTheFacts(string architecture, string size, string layout, BreakBeforeMakePolicy policy) =>
        OnArchitecture.Run(architecture, layout, new AloneCase(architecture, size, policy));

    [Theory]
    [MemberData(nameof(Cases))]
    public void InABatch_EveryHeadIsRightAllTheWay(string architecture, string size, string layout, BreakBeforeMakePolicy policy) =>
        OnArchitecture.Run(architecture, layout, new BatchCase(architecture, size, policy));
}
