namespace Vmemmap.Devmap;

/// <summary>A geometry of a device that was not run with struct pages on the device itself.</summary>
/// <param name="Geometry">The geometry.</param>
/// <param name="Reason">Why not, with its numbers.</param>
public sealed record DaxNotOnDevice(DevmapGeometry Geometry, string Reason);
