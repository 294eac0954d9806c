using System.Runtime.CompilerServices;

namespace Vmemmap.Dumps;

/// <summary>An image as a page-table walker sees it. Copies of it share the image; safe from any number of threads.</summary>
/// <param name="image">The image, which must stay undisposed.</param>
public readonly struct ImageMemory(PhysicalImage image) : IPhysicalMemory
{
    /// <summary>The image.</summary>
    public PhysicalImage Image => image;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadEntry(ulong address, out ulong entry) => image.TryReadEntry(address, out entry);

    /// <inheritdoc/>
    /// <remarks>Shows the mapped file where it holds the entries in one piece at a multiple of 8 bytes, and copies them to
    /// <paramref name="scratch"/> elsewhere.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TableRead ReadTable(ulong address, Span<ulong> scratch, out ReadOnlySpan<ulong> table) =>
        image.ReadTable(address, scratch, out table);
}
