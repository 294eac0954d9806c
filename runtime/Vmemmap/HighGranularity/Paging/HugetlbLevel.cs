namespace Vmemmap.HighGranularity;

/// <summary>The level of a page-table position, as the series counts it: from the last one up (enum hugetlb_level).</summary>
public enum HugetlbLevel : byte
{
    /// <summary>The last level.</summary>
    Pte = 1,

    /// <summary>The last but one.</summary>
    Pmd,

    /// <summary>Above the PMD.</summary>
    Pud,

    /// <summary>Above the PUD.</summary>
    P4d,

    /// <summary>Above the P4D.</summary>
    Pgd,
}
