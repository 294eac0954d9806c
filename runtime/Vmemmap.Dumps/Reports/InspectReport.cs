using System.Text.Json.Serialization;

namespace Vmemmap.Dumps;

/// <summary>
/// The report of <c>vmemmap inspect --json</c>. Byte counts, page sizes and huge page sizes are numbers of bytes; addresses, frames,
/// PFNs and the KASLR offset are "0x…" strings; what is unknown is null, with a warning that says why.
/// </summary>
public sealed record InspectReport
{
    /// <summary>The image, as given.</summary>
    [JsonPropertyOrder(0)]
    public required string Image { get; init; }

    /// <summary>OSRELEASE.</summary>
    [JsonPropertyOrder(1)]
    public required string? KernelRelease { get; init; }

    /// <summary>Canonical name of the architecture whose tables were walked.</summary>
    [JsonPropertyOrder(2)]
    public required string Architecture { get; init; }

    /// <summary>Bytes of a base page.</summary>
    [JsonPropertyOrder(3)]
    public required long PageSize { get; init; }

    /// <summary>Address bits that the kernel runs at.</summary>
    [JsonPropertyOrder(4)]
    public required int VirtualAddressBits { get; init; }

    /// <summary>sizeof(struct page), bytes.</summary>
    [JsonPropertyOrder(5)]
    public required int StructPageSize { get; init; }

    /// <summary>Address of PFN 0's struct page.</summary>
    [JsonPropertyOrder(6)]
    public required string VmemmapBase { get; init; }

    /// <summary>How far KASLR moved the kernel.</summary>
    [JsonPropertyOrder(7)]
    public required string? KaslrOffset { get; init; }

    /// <summary>What optimized pages were seen to have: none, reserve-two, reserve-one or shared-tail.</summary>
    [JsonPropertyOrder(8)]
    public required string Layout { get; init; }

    /// <summary>Every huge page size of the architecture, in the kernel's registration order.</summary>
    [JsonPropertyOrder(9)]
    public required IReadOnlyList<HugetlbReport> Hugetlb { get; init; }

    /// <summary>Device DAX, by alignment.</summary>
    [JsonPropertyOrder(10)]
    public required IReadOnlyList<DevdaxReport> Devdax { get; init; }

    /// <summary>Struct pages that look like HugeTLB heads and are none; null if the image lacks vmemmap frames.</summary>
    [JsonPropertyOrder(11)]
    public required long? StaleHeads { get; init; }

    /// <summary>Frames that serve as shared tail pages.</summary>
    [JsonPropertyOrder(12)]
    public required long SharedTailPages { get; init; }

    /// <summary>Whether any HVO alias is writable.</summary>
    [JsonPropertyOrder(13)]
    public required bool AliasesWritable { get; init; }

    /// <summary>Freed pages by NUMA node; empty if the image lacks the nodes.</summary>
    [JsonPropertyOrder(14)]
    public required IReadOnlyList<NodeReport> Nodes { get; init; }

    /// <summary>Last-level tables that splitting vmemmap's blocks made.</summary>
    [JsonPropertyOrder(15)]
    public required long SplitPageTables { get; init; }

    /// <summary>Vmemmap pages without a frame of their own, by HVO.</summary>
    [JsonPropertyOrder(16)]
    public required long FreedPages { get; init; }

    /// <summary><see cref="FreedPages"/> in bytes.</summary>
    [JsonPropertyOrder(17)]
    public required long FreedBytes { get; init; }

    /// <summary>Freed bytes less the split tables and the shared tail pages.</summary>
    [JsonPropertyOrder(18)]
    public required long NetBytes { get; init; }

    /// <summary>What the reader must know.</summary>
    [JsonPropertyOrder(19)]
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Each huge page; left out unless asked for.</summary>
    [JsonPropertyOrder(20)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<HugePageReport>? HugePages { get; init; }
}

/// <summary>One huge page size.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Pages">Huge pages.</param>
/// <param name="Optimized">Those that are optimized.</param>
/// <param name="Partial">Those with fewer aliases than the layout has.</param>
/// <param name="FlagMismatch">Those whose HPG_vmemmap_optimized contradicts the tables; null if the flag cannot be read.</param>
/// <param name="Unknown">Those whose page tables are absent or corrupt in part.</param>
/// <param name="StructPageBytes">Bytes of struct pages of one.</param>
/// <param name="VmemmapPages">Vmemmap pages of one; may be a fraction.</param>
/// <param name="FreedPerPage">Vmemmap pages that an optimized one gives back; null if neither a page nor the kernel's version tells the layout.</param>
/// <param name="FreedPages">Vmemmap pages that all give back.</param>
/// <param name="FreedBytes">The same in bytes.</param>
public sealed record HugetlbReport(
    long Size,
    long Pages,
    long Optimized,
    long Partial,
    long? FlagMismatch,
    long Unknown,
    long StructPageBytes,
    double VmemmapPages,
    long? FreedPerPage,
    long FreedPages,
    long FreedBytes);

/// <summary>Device DAX of one alignment.</summary>
/// <param name="Align">Bytes of a compound page.</param>
/// <param name="Groups">Compound pages.</param>
/// <param name="FreedPages">Vmemmap pages without a frame of their own.</param>
/// <param name="PageTables">Last-level tables that map them.</param>
public sealed record DevdaxReport(long Align, long Groups, long FreedPages, long PageTables);

/// <summary>One NUMA node.</summary>
/// <param name="Node">Its number.</param>
/// <param name="FreedPages">Vmemmap pages that huge pages of this node give back; null if some are of this node or of another.</param>
public sealed record NodeReport(int Node, long? FreedPages);

/// <summary>One huge page.</summary>
/// <param name="HeadPfn">PFN of its head.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Optimized">Whether it is optimized; null if unknown.</param>
/// <param name="VmemmapAddress">Address of its head struct page.</param>
/// <param name="DistinctFrames">Frames that its struct pages touch; null if some are unknown.</param>
/// <param name="FirstFrame">Physical address of the first of them.</param>
public sealed record HugePageReport(
    string HeadPfn, long Size, bool? Optimized, string VmemmapAddress, int? DistinctFrames, string? FirstFrame);

/// <summary>How the report is written: camelCase, two spaces, "\n".</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(InspectReport))]
public sealed partial class InspectReportJson : JsonSerializerContext;
