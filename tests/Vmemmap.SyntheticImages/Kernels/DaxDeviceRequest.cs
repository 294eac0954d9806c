namespace Vmemmap.SyntheticImages;

/// <summary>
/// A device DAX range whose compound pages are deduplicated: own head page, own tail page, the rest alias the tail page, all
/// writable. Compound pages count from the device's start, which need not be aligned to their size.
/// </summary>
/// <param name="Range">Physical memory of the device, a multiple of <paramref name="Align"/>.</param>
/// <param name="Align">Bytes of a compound page.</param>
public sealed record DaxDeviceRequest(MemoryRange Range, ulong Align)
{
    /// <summary>Whether the sections after the second of a compound page share the second's last-level table.</summary>
    public bool SharesTables { get; init; }
}
