namespace Vmemmap.SyntheticImages;

/// <summary>A NUMA node.</summary>
/// <param name="Id">node_id.</param>
/// <param name="Range">What it spans.</param>
public sealed record MemoryNode(int Id, MemoryRange Range);
