namespace Vmemmap.SyntheticImages;

/// <summary>Where VMCOREINFO is.</summary>
public enum VmcoreInfoPlace
{
    /// <summary>In a note of the ELF file, and in RAM as every kernel has it.</summary>
    Note,

    /// <summary>Only in RAM, in the kernel's own note.</summary>
    MemoryOnly,

    /// <summary>Nowhere.</summary>
    Nowhere,
}
