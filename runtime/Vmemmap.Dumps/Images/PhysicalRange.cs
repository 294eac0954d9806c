using System.Globalization;

namespace Vmemmap.Dumps;

/// <summary>A range of physical addresses.</summary>
/// <param name="Start">First address.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct PhysicalRange(ulong Start, ulong Length)
{
    /// <summary>End, exclusive.</summary>
    public ulong End => Start + Length;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{Start:x}-0x{End:x}");
}
