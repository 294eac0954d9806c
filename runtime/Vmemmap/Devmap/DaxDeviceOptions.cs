namespace Vmemmap.Devmap;

/// <summary>A DAX device to plug in.</summary>
public sealed record DaxDeviceOptions
{
    /// <summary>First physical address: a multiple of 2M, and of the memory whose struct pages fill whole pages of vmemmap.</summary>
    public required ulong Start { get; init; }

    /// <summary>Bytes: a multiple as <see cref="Start"/>, and of <see cref="Align"/>.</summary>
    public required ulong Bytes { get; init; }

    /// <summary>Bytes of a compound page, counted from the device's start (pgmap->vmemmap_shift): a huge page size of the architecture. 0,
    /// or the base page: none.</summary>
    public ulong Align { get; init; }

    /// <summary>The node whose memory holds its struct pages and tables.</summary>
    public int Node { get; init; }

    /// <summary>Whether its struct pages live on the device itself (altmap): they are never deduplicated then.</summary>
    public bool StructPagesOnDevice { get; init; }

    /// <summary>
    /// Whether last-level tables that would map nothing but one tail page are shared (<see cref="DevmapGeometry.CompoundPud"/>).
    /// </summary>
    public bool SharesTables { get; init; }
}
