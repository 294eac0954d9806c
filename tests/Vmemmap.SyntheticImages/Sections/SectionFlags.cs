namespace Vmemmap.SyntheticImages;

/// <summary>Low bits of section_mem_map (Linux include/linux/mmzone.h).</summary>
[Flags]
internal enum SectionFlags : ulong
{
    /// <summary>SECTION_MARKED_PRESENT.</summary>
    Present = 1,

    /// <summary>SECTION_HAS_MEM_MAP.</summary>
    HasMap = 2,

    /// <summary>SECTION_IS_ONLINE.</summary>
    Online = 4,

    /// <summary>SECTION_IS_EARLY.</summary>
    Early = 8,

    /// <summary>RAM that was there at boot.</summary>
    Boot = Present | HasMap | Online | Early,

    /// <summary>RAM that was added later.</summary>
    HotAdded = Present | HasMap | Online,

    /// <summary>RAM that was added later and taken offline: to its flags the same as a device, but nothing aliases there.</summary>
    Offline = Present | HasMap,

    /// <summary>A device's memory.</summary>
    Device = Present | HasMap,
}
