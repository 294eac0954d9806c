namespace Vmemmap.SyntheticImages;

/// <summary>What a leaf maps; it decides the bits beside the address.</summary>
internal enum MappingKind
{
    /// <summary>The linear map.</summary>
    Linear,

    /// <summary>The kernel image.</summary>
    Image,

    /// <summary>A vmemmap page with a frame of its own, or a device's alias.</summary>
    Vmemmap,

    /// <summary>A vmemmap page that HVO made an alias: read-only where the family has read-only kernel pages.</summary>
    VmemmapAlias,
}
