namespace Vmemmap.Simulation;

/// <summary>A NUMA node.</summary>
public sealed class Node
{
    private readonly Zone[] _zones;
    private readonly Zone[] _zonesByPreference;

    internal Node(int number, Zone[] zones)
    {
        Number = number;
        _zones = zones;
        _zonesByPreference = [.. zones.Reverse()];
    }

    /// <summary>Its number.</summary>
    public int Number { get; }

    /// <summary>Its zones, one of each kind, though some may be empty.</summary>
    public IReadOnlyList<Zone> Zones => _zones;

    internal ReadOnlySpan<Zone> ZonesByPreference => _zonesByPreference;
}
