namespace Vmemmap.HighGranularity;

/// <summary>A mapping that is to be made (mmap of a hugetlbfs file).</summary>
public sealed record HugetlbMappingOptions
{
    /// <summary>First virtual address: a multiple of the huge page.</summary>
    public required ulong Start { get; init; }

    /// <summary>Huge pages that it is long.</summary>
    public required long Pages { get; init; }

    /// <summary>The page of the file that it begins with.</summary>
    public long FirstPage { get; init; }

    /// <summary>Whether it shows the file itself (MAP_SHARED), or pages of its own (MAP_PRIVATE). Only what is shared can be mapped in pieces.</summary>
    public bool IsShared { get; init; } = true;

    /// <summary>Whether it may be written (PROT_WRITE).</summary>
    public bool IsWritable { get; init; } = true;

    /// <summary>Which faults are its user's.</summary>
    public Userfaults Userfaults { get; init; }
}
