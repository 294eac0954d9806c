using Vmemmap.Simulation;

namespace Vmemmap.Devmap;

/// <summary>A device to simulate in every geometry that it can have.</summary>
public sealed record DaxRequest
{
    /// <summary>Canonical name or alias of a built-in architecture.</summary>
    public required string Architecture { get; init; }

    /// <summary>Bytes of the device: a multiple of <see cref="AlignBytes"/>, of 2M, and of the memory whose struct pages fill whole pages
    /// of vmemmap (64M with 64K pages; 32M with 16K pages and struct pages of 56 bytes).</summary>
    public required ulong DeviceBytes { get; init; }

    /// <summary>Bytes of its pages: the base page, or a huge page size of the architecture.</summary>
    public required ulong AlignBytes { get; init; }

    /// <summary>sizeof(struct page).</summary>
    public int StructPageSize { get; init; } = StructPage.Size;

    /// <summary>Whether geometries are run with struct pages on the device, too.</summary>
    public bool WithStructPagesOnDevice { get; init; }

    /// <summary>How vmemmap is mapped.</summary>
    public VmemmapMapping VmemmapMapping { get; init; }
}
