namespace Vmemmap.SyntheticImages;

/// <summary>The 15 architectures by name.</summary>
public static class Machines
{
    private static readonly Dictionary<string, MachineGeometry> ByName =
        X64Geometry.All.Concat(Arm64Geometry.All).Concat(RiscV64Geometry.All).ToDictionary(machine => machine.Name, StringComparer.Ordinal);

    /// <summary>Every canonical name.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>Finds a machine by its canonical name.</summary>
    public static MachineGeometry Find(string name) => ByName[name];
}
