using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Broken;

/// <summary>What a machine must have seen.</summary>
internal static class Expect
{
    /// <summary>Violations of one kind, and of no other.</summary>
    public static void Only<TArch>(Machine<TArch> machine, ViolationKind kind, long? count = null)
        where TArch : struct, IArchitecture
    {
        Assert.All(machine.Violations.First, violation => Assert.Equal(kind, violation.Kind));
        Assert.Equal(machine.Violations.Count, machine.Violations[kind]);
        if (count is { } exactly)
        {
            Assert.Equal(exactly, machine.Violations[kind]);
        }

        Assert.NotEqual(0, machine.Violations[kind]);
    }

    public static void None<TArch>(Machine<TArch> machine)
        where TArch : struct, IArchitecture
    {
        Assert.Equal([], machine.Violations.First);
        Assert.Equal(0, machine.Violations.Count);
    }
}
