namespace Vmemmap.HighGranularity;

/// <summary>What came of a page fault.</summary>
public enum FaultKind : byte
{
    /// <summary>Something is mapped there now: try again.</summary>
    Mapped,

    /// <summary>The file has a page and nothing is mapped: the user is asked to continue (UFFD_PAGEFAULT_FLAG_MINOR).</summary>
    Minor,

    /// <summary>The file has no page: the user is asked for one.</summary>
    Missing,

    /// <summary>A memory error (SIGBUS, BUS_MCEERR_AR).</summary>
    HwPoison,

    /// <summary>The mapping does not allow it, or there is none (SIGSEGV).</summary>
    NotAllowed,

    /// <summary>No huge page, or no frame for a page table (SIGBUS, or the process is killed).</summary>
    NoMemory,

    /// <summary>The page is being migrated: wait, and try again.</summary>
    Migrating,
}

/// <summary>What came of a page fault, and where.</summary>
/// <param name="Kind">What came of it.</param>
/// <param name="Address">The address that is reported: aligned to a base page where the mapping has pieces, to the huge page elsewhere.</param>
/// <param name="Shift">log2 of the bytes that were mapped, or that have the memory error; else 0.</param>
public readonly record struct FaultResult(FaultKind Kind, ulong Address, int Shift = 0);
