namespace Vmemmap.SyntheticImages;

/// <summary>RISC-V Privileged Architecture, Sv39; Linux arch/riscv/include/asm/pgtable-bits.h. PAGE_KERNEL_RO is PAGE_KERNEL.</summary>
internal sealed class RiscV64EntryFormat : IEntryFormat
{
    private const ulong Valid = 1 << 0;
    private const ulong ReadWrite = 3 << 1;
    private const ulong Execute = 1 << 3;
    private const ulong Global = 1 << 5;
    private const ulong AccessedDirty = 3 << 6;
    private const ulong Napot = 1UL << 63;

    public ulong Table(ulong address) => (address >> 2) | Valid;

    public ulong Leaf(ulong address, bool lastLevel, MappingKind kind, bool grouped)
    {
        ulong entry = (address >> 2) | Valid | ReadWrite | Global | AccessedDirty;
        entry |= kind == MappingKind.Image ? Execute : 0;

        // Svnapot: all 16 entries of a 64K group are alike; page number bits 3:0 read 1000.
        return grouped ? (entry & ~(0xfUL << 10)) | (8UL << 10) | Napot : entry;
    }
}
