namespace Vmemmap.SyntheticImages;

/// <summary>One level of a page-table tree, root first.</summary>
/// <param name="Shift">Lowest index bit.</param>
/// <param name="IndexBits">log2 of the entries of a full table.</param>
/// <param name="Block">Whether Linux maps memory by leaves here (last level: pages).</param>
/// <param name="Group">Entries of a contiguous group that Linux makes here, 1 if none.</param>
public sealed record TableLevel(int Shift, int IndexBits, bool Block = false, int Group = 1);
