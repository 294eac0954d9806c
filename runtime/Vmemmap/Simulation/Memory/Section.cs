namespace Vmemmap.Simulation;

/// <summary>What a section of physical memory is (6.12 include/linux/mmzone.h, struct mem_section).</summary>
public enum SectionState : byte
{
    /// <summary>No memory, and no struct pages.</summary>
    Absent,

    /// <summary>Memory with struct pages that is not in use.</summary>
    Offline,

    /// <summary>Memory in use.</summary>
    Online,

    /// <summary>A device's memory (ZONE_DEVICE): it has struct pages, and is never online.</summary>
    Device,
}

/// <summary>A section: the unit in which memory has struct pages, and is plugged in and out.</summary>
/// <param name="State">What it is.</param>
/// <param name="Node">Its node.</param>
/// <param name="Zone">Its zone.</param>
/// <param name="IsSelfHosted">Whether its struct pages live in its own first frames (memmap_on_memory).</param>
/// <param name="IsEarly">Whether it was there when the machine booted.</param>
public readonly record struct Section(SectionState State, int Node, ZoneKind Zone, bool IsSelfHosted, bool IsEarly);
