namespace Vmemmap.Dumps;

/// <summary>A PT_LOAD program header: a piece of physical memory, and where the file holds it.</summary>
/// <param name="Index">Index of the program header in its table, as readelf counts.</param>
/// <param name="VirtualAddress">p_vaddr. QEMU repeats the physical address here.</param>
/// <param name="PhysicalAddress">p_paddr.</param>
/// <param name="FileOffset">p_offset, of any alignment.</param>
/// <param name="FileSize">p_filesz: bytes that the file holds.</param>
/// <param name="MemorySize">p_memsz: bytes of memory. What is beyond <paramref name="FileSize"/> was left out and is absent.</param>
public sealed record ElfSegment(
    int Index, ulong VirtualAddress, ulong PhysicalAddress, long FileOffset, long FileSize, ulong MemorySize);
