namespace Vmemmap.SyntheticImages;

/// <summary>A HugeTLB page of the machine.</summary>
/// <param name="HeadPfn">PFN of its first base page, aligned to its size.</param>
/// <param name="Size">Bytes; one of the machine's sizes.</param>
/// <param name="Optimized">Whether HVO took its tails.</param>
public sealed record HugePageRequest(ulong HeadPfn, ulong Size, bool Optimized = false)
{
    /// <summary>What HPG_vmemmap_optimized says; null for the truth.</summary>
    public bool? Flag { get; init; }

    /// <summary>Whether the head moved to a new frame (v6.2 and later) or kept its own (before); null for what the version does.</summary>
    public bool? HeadCopied { get; init; }

    /// <summary>
    /// For a page caught half way: the vmemmap pages that alias, counted from 0. Fewer than an optimized page has, at least one.
    /// </summary>
    public IReadOnlyList<int> PartialSlots { get; init; } = [];

    /// <summary>Zone whose shared tail frame it uses (<see cref="HvoLayout.SharedTail"/>).</summary>
    public int Zone { get; init; }
}
