namespace Vmemmap.SyntheticImages;

/// <summary>A compound page that is no HugeTLB page, such as a transparent huge page. Nothing may count it.</summary>
/// <param name="HeadPfn">PFN of its first base page.</param>
/// <param name="Order">log2 of its base pages.</param>
public sealed record CompoundPageRequest(ulong HeadPfn, int Order);
