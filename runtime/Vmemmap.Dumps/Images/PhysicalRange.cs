using System.Globalization;

namespace Vmemmap.Dumps;

/// <summary>A range of physical addresses.</summary>
/// <remarks>
/// A class, as are the other lists' elements here: precompiled (ReadyToRun) code shares one list of references, but has none of
/// another assembly's lists for a struct of ours, and compiling those when an image is opened takes longer than opening it.
/// </remarks>
/// <param name="Start">First address.</param>
/// <param name="Length">Bytes.</param>
public sealed record PhysicalRange(ulong Start, ulong Length)
{
    /// <summary>End, exclusive.</summary>
    public ulong End => Start + Length;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{Start:x}-0x{End:x}");
}
