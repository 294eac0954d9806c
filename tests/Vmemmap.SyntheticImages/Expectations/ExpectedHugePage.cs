namespace Vmemmap.SyntheticImages;

/// <summary>What a reader must find of one HugeTLB page.</summary>
/// <param name="HeadPfn">PFN of its first base page.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Optimized">Whether it is fully optimized.</param>
/// <param name="VmemmapAddress">Address of its first struct page.</param>
/// <param name="DistinctFrames">Different frames that its vmemmap touches.</param>
/// <param name="FirstFrame">Frame under its first struct page.</param>
public sealed record ExpectedHugePage(
    ulong HeadPfn, ulong Size, bool Optimized, ulong VmemmapAddress, long DistinctFrames, ulong FirstFrame);
