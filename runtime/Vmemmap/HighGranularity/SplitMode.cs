namespace Vmemmap.HighGranularity;

/// <summary>What may be split to come to a size (enum split_mode of RFC v1).</summary>
[Flags]
public enum SplitMode : byte
{
    /// <summary>Nothing (HUGETLB_SPLIT_NEVER).</summary>
    Never = 0,

    /// <summary>Places where nothing is: tables are added (HUGETLB_SPLIT_NONE).</summary>
    None = 1,

    /// <summary>Leaves that are present (HUGETLB_SPLIT_PRESENT).</summary>
    Present = 2,

    /// <summary>Both (HUGETLB_SPLIT_ALWAYS).</summary>
    Always = None | Present,
}
