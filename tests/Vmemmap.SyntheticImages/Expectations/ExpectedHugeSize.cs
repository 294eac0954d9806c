namespace Vmemmap.SyntheticImages;

/// <summary>What a reader must find of one huge page size.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Pages">Huge pages.</param>
/// <param name="Optimized">Of these, fully optimized.</param>
/// <param name="Partial">Of these, with some aliases and not all.</param>
/// <param name="FlagMismatch">Of these, HPG_vmemmap_optimized says otherwise than the tables.</param>
/// <param name="Unknown">Of these, the image does not tell.</param>
/// <param name="StructPageBytes">Struct pages of one, in bytes.</param>
/// <param name="VmemmapPages">The same in vmemmap pages; may be a fraction.</param>
/// <param name="FreedPerPage">vmemmap pages that an optimized one gives.</param>
/// <param name="FreedPages">vmemmap pages that all of them gave.</param>
/// <param name="FreedBytes">The same in bytes.</param>
public sealed record ExpectedHugeSize(
    ulong Size,
    long Pages,
    long Optimized,
    long Partial,
    long FlagMismatch,
    long Unknown,
    ulong StructPageBytes,
    double VmemmapPages,
    long FreedPerPage,
    long FreedPages,
    long FreedBytes);
