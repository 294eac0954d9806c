namespace Vmemmap.SyntheticImages;

/// <summary>A huge page that was optimized, restored and freed: its vmemmap has frames of its own again, out of place.</summary>
/// <param name="HeadPfn">PFN of its first base page.</param>
/// <param name="Size">Bytes.</param>
/// <param name="StaleHeads">Whether the kernel left a copy of the head in each restored frame (6.12.117).</param>
public sealed record RestoredPageRequest(ulong HeadPfn, ulong Size, bool StaleHeads = false)
{
    /// <summary>Whether the copies kept PG_head. Without it only a page type is left, which is no head to anyone.</summary>
    public bool KeepsHeadFlag { get; init; } = true;
}
