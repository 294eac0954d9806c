namespace Vmemmap;

/// <summary>
/// Marks an enum, or a constant, whose values are indexes of tail struct pages that hold a huge page's metadata. They must lie in the
/// struct pages that stay writable when the huge page is optimized (rule VMM1005).
/// </summary>
/// <remarks>
/// The kernel's enum of sub-page indexes and its BUILD_BUG_ON (patches 14 and 15 of the HVO series; 6.12 mm/hugetlb_vmemmap.c:665).
/// Without an architecture the one of the build is meant (MSBuild property VmemmapArchitecture), without that the smallest of all: 64.
/// </remarks>
[AttributeUsage(AttributeTargets.Enum | AttributeTargets.Field)]
public sealed class SubpageIndexAttribute : Attribute
{
    /// <summary>The <see cref="IArchitecture"/> whose base page counts.</summary>
    public Type? Architecture { get; set; }

    /// <summary>The <see cref="HugeTlb.IVmemmapLayout"/>; without it the fewest pages that any built-in layout keeps.</summary>
    public Type? Layout { get; set; }

    /// <summary>Name of the enum's member that is no index but the number of struct pages used (__NR_USED_SUBPAGE): it may equal what is kept.</summary>
    public string? Count { get; set; }
}
