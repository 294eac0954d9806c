namespace Vmemmap.Simulation;

/// <summary>A zone of a node (6.12 include/linux/mmzone.h, enum zone_type).</summary>
public enum ZoneKind : byte
{
    /// <summary>Below 4 GiB: ZONE_DMA32.</summary>
    Dma32,

    /// <summary>ZONE_NORMAL.</summary>
    Normal,

    /// <summary>ZONE_MOVABLE: where memory that shall be unplugged again is put.</summary>
    Movable,

    /// <summary>ZONE_DEVICE: a device's memory, which no page allocator has.</summary>
    Device,
}
