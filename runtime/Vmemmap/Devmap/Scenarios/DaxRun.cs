namespace Vmemmap.Devmap;

/// <summary>What a device takes, geometry by geometry.</summary>
/// <param name="Architecture">Canonical name of the architecture.</param>
/// <param name="PageSize">Bytes of a base page.</param>
/// <param name="DeviceBytes">Bytes of the device.</param>
/// <param name="AlignBytes">Bytes of its compound pages.</param>
/// <param name="StructPageSize">sizeof(struct page) in bytes.</param>
/// <param name="Geometries">Its geometries, struct pages in RAM: base pages first.</param>
/// <param name="OnDevice">The same with struct pages on the device, where that was asked for and the device is
/// large enough for them.</param>
/// <param name="NotOnDevice">The geometries for which that was asked, and the device is not large enough.</param>
/// <param name="ViolationCount">What the machine saw that no correct kernel does: nothing, or there is a mistake in it.</param>
/// <param name="FirstViolation">The first of them.</param>
public sealed record DaxRun(
    string Architecture,
    long PageSize,
    long DeviceBytes,
    long AlignBytes,
    int StructPageSize,
    IReadOnlyList<DaxFigures> Geometries,
    IReadOnlyList<DaxFigures> OnDevice,
    IReadOnlyList<DaxNotOnDevice> NotOnDevice,
    long ViolationCount,
    string? FirstViolation);
