namespace Vmemmap.Devmap;

/// <summary>Why a device's struct pages are not deduplicated.</summary>
public enum NotDeduplicated : byte
{
    /// <summary>They are.</summary>
    None,

    /// <summary>Its geometry is that of base pages: there are no tails.</summary>
    BasePages,

    /// <summary>They live on the device (altmap).</summary>
    OnDevice,

    /// <summary>sizeof(struct page) is no power of two.</summary>
    StructPageSize,

    /// <summary>The struct pages of a compound page fill no more than the two pages that are kept.</summary>
    TooSmall,
}
