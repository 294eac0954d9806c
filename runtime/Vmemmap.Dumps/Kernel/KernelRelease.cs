namespace Vmemmap.Dumps;

/// <summary>What a release says of HVO where the tables cannot: the layout that a page would have if one were optimized.</summary>
internal static class KernelRelease
{
    /// <summary>The layout of a release: v5.14 two pages, v5.18 one, v7.1 one with shared tails; none before or if unknown.</summary>
    public static VmemmapLayout Layout(KernelVersion? version) => version switch
    {
        null => VmemmapLayout.None,
        { } v when v < new KernelVersion(5, 14) => VmemmapLayout.None,
        { } v when v < new KernelVersion(5, 18) => VmemmapLayout.ReserveTwo,
        { } v when v < new KernelVersion(7, 1) => VmemmapLayout.ReserveOne,
        _ => VmemmapLayout.SharedTail,
    };
}
