namespace Vmemmap.HighGranularity;

/// <summary>What is at a position.</summary>
public enum HugetlbPteState : byte
{
    /// <summary>Nothing: of a group, nothing in any of its entries.</summary>
    None,

    /// <summary>A leaf of exactly the position's size (hugetlb_pte_present_leaf).</summary>
    PresentLeaf,

    /// <summary>An entry that is not present and not none: a migration, a memory error, a marker.</summary>
    NotPresent,

    /// <summary>Something smaller: a table, or in a group entries that are not one leaf.</summary>
    Smaller,
}
