namespace Vmemmap.HighGranularity;

/// <summary>Leaves of a size: what a TLB needs an entry for each of.</summary>
/// <param name="Size">Bytes that one maps; a contiguous group is one.</param>
/// <param name="Count">How many.</param>
public readonly record struct LeafCount(long Size, long Count);
