namespace Vmemmap.Simulation;

/// <summary>A cached translation of a page of vmemmap.</summary>
/// <param name="Frame">The frame.</param>
/// <param name="Sequence">The count of frees when it was cached: a frame that is freed later makes it stale.</param>
/// <param name="IsValid">False for a place that caches nothing.</param>
/// <param name="IsWritable">Whether it allows writes.</param>
/// <param name="IsBlock">Whether a block gave it.</param>
public readonly record struct TlbEntry(ulong Frame, ulong Sequence, bool IsValid, bool IsWritable, bool IsBlock);
