namespace Vmemmap.Devmap;

/// <summary>A mapping of a DAX device's file in a process (struct vm_area_struct).</summary>
/// <param name="Start">First virtual address.</param>
/// <param name="End">First virtual address behind it.</param>
/// <param name="PageOffset">Base page of the file that its start maps (vm_pgoff).</param>
/// <param name="Mapping">Address of the file's address_space, not 0.</param>
public readonly record struct DaxVma(ulong Start, ulong End, ulong PageOffset, ulong Mapping);

/// <summary>What became of a fault on a DAX device.</summary>
public enum DaxFaultKind : byte
{
    /// <summary>The page is mapped.</summary>
    Mapped,

    /// <summary>
    /// The mapping, or its place in the file, is not aligned to the device's pages, and would not have been made (-EINVAL).
    /// </summary>
    UnalignedVma,

    /// <summary>The whole page is not within the mapping, or not within the device (SIGBUS).</summary>
    Outside,
}

/// <summary>A fault on a DAX device.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="Pfn">First frame that is mapped.</param>
/// <param name="PageOffset">Base page of the file that it is.</param>
public readonly record struct DaxFault(DaxFaultKind Kind, ulong Pfn, ulong PageOffset);
