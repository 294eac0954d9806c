namespace Vmemmap.SyntheticImages;

/// <summary>
/// What a reader must find in an image, computed from what was asked for and never from what was written. Fields are those of the
/// tool's JSON; byte counts, PFNs and addresses are numbers here.
/// </summary>
public sealed record Expected
{
    /// <summary>OSRELEASE.</summary>
    public required string KernelRelease { get; init; }

    /// <summary>Canonical name of the architecture whose table is walked.</summary>
    public required string Architecture { get; init; }

    /// <summary>Bytes of a base page.</summary>
    public required ulong PageSize { get; init; }

    /// <summary>What the kernel runs at.</summary>
    public required int VirtualAddressBits { get; init; }

    /// <summary>sizeof(struct page).</summary>
    public required ulong StructPageSize { get; init; }

    /// <summary>Address of PFN 0's struct page.</summary>
    public required ulong VmemmapBase { get; init; }

    /// <summary>KERNELOFFSET; null where the kernel exports none (riscv64).</summary>
    public required ulong? KaslrOffset { get; init; }

    /// <summary>"none", "reserve-two", "reserve-one" or "shared-tail".</summary>
    public required string Layout { get; init; }

    /// <summary>Every huge page size in registration order.</summary>
    public required IReadOnlyList<ExpectedHugeSize> HugeTlb { get; init; }

    /// <summary>Device DAX by size of a compound page.</summary>
    public required IReadOnlyList<ExpectedDax> DevDax { get; init; }

    /// <summary>Structs that look like a HugeTLB head and are none; null if a vmemmap frame over RAM is absent.</summary>
    public required long? StaleHeads { get; init; }

    /// <summary>Frames that serve as tails for many huge pages.</summary>
    public required long SharedTailPages { get; init; }

    /// <summary>Whether HVO's aliases can be written.</summary>
    public required bool AliasesWritable { get; init; }

    /// <summary>Freed pages by node; empty if the image tells of no node.</summary>
    public required IReadOnlyList<ExpectedNode> Nodes { get; init; }

    /// <summary>Last-level tables under vmemmap over RAM, where the kernel maps it by blocks.</summary>
    public required long SplitPageTables { get; init; }

    /// <summary>vmemmap pages over RAM without a frame of their own.</summary>
    public required long FreedPages { get; init; }

    /// <summary>The same in bytes.</summary>
    public required long FreedBytes { get; init; }

    /// <summary>Less what page tables and shared tails cost.</summary>
    public required long NetBytes { get; init; }

    /// <summary>Every HugeTLB page by PFN.</summary>
    public required IReadOnlyList<ExpectedHugePage> HugePages { get; init; }
}
