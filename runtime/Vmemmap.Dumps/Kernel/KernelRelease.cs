namespace Vmemmap.Dumps;

/// <summary>What a release says of HVO where the tables cannot: the layout that a page would have if one were optimized.</summary>
internal static class KernelRelease
{
    /// <summary>The layout of a release: v5.14 two pages, v5.18 one, v7.1 one with shared tails; none before.</summary>
    /// <param name="release">OSRELEASE.</param>
    /// <returns>Null if the release names no version.</returns>
    public static VmemmapLayout? Layout(string? release) => !KernelVersion.TryParse(release, out KernelVersion version) ? null
        : version < new KernelVersion(5, 14) ? VmemmapLayout.None
        : version < new KernelVersion(5, 18) ? VmemmapLayout.ReserveTwo
        : version < new KernelVersion(7, 1) ? VmemmapLayout.ReserveOne
        : VmemmapLayout.SharedTail;
}
