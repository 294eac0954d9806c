namespace Vmemmap.SyntheticImages;

/// <summary>A huge page that was optimized, restored and freed: its vmemmap has frames of its own again, out of place.</summary>
/// <param name="HeadPfn">PFN of its first base page.</param>
/// <param name="Size">Bytes.</param>
/// <param name="StaleHeads">Whether the kernel left a copy of the head in each restored frame (6.12.117).</param>
public sealed record RestoredPageRequest(ulong HeadPfn, ulong Size, bool StaleHeads = false);
