namespace Vmemmap.Tests.Manuals;

/// <summary>
/// RISC-V Privileged Architecture: Sv39, Sv48 and Sv57 with Svnapot. Bits 62:59 are not checked: T-Head cores keep memory types there.
/// </summary>
internal sealed class RiscV64Manual(int levels) : Manual
{
    private const ulong Valid = 1UL << 0;
    private const ulong Read = 1UL << 1;
    private const ulong Write = 1UL << 2;
    private const ulong Execute = 1UL << 3;
    private const ulong AccessedDirty = 3UL << 6;
    private const ulong Napot = 1UL << 63;
    private const ulong Reserved = 0x1fUL << 54;

    public override string Name => $"riscv64-sv{VirtualAddressBits}";

    public override int PageShift => 12;

    public override int VirtualAddressBits => 12 + (9 * levels);

    public override int PhysicalAddressBits => 56;

    public override int LevelCount => levels;

    public override int Shift(int level) => 12 + (9 * (levels - 1 - level));

    public override int IndexBits(int level) => 9;

    public override bool HasLeaves(int level) => true;

    public override int GroupCount(int level) => level == LastLevel ? 16 : 1;

    public override ulong Canonical(ulong address)
    {
        int unused = 64 - VirtualAddressBits;
        return (ulong)((long)(address << unused) >> unused);
    }

    public override ulong Table(ulong physical, bool writable) => physical >> 12 << 10 | Valid;

    public override ulong Leaf(int level, ulong physical, bool writable, bool contiguous)
    {
        // Every entry of a 64K group is alike: its number among the sixteen makes way for the pattern 1000.
        ulong number = physical >> 12;
        number = contiguous ? (number & ~0xfUL) | 8 : number;
        return number << 10 | Valid | Read | AccessedDirty | (writable ? Write : 0) | (contiguous ? Napot : 0);
    }

    public override Outcome Walk(IPhysicalMemory memory, ulong root, ulong address, ICollection<ulong>? visited)
    {
        if (Canonical(address) != address)
        {
            return new(TranslationFault.NotCanonical, 0, 0, 0);
        }

        ulong table = root;
        for (int i = levels - 1; ; i--)
        {
            visited?.Add(table);
            int level = levels - 1 - i;
            ulong at = table + (8 * (address >> (12 + (9 * i)) & 0x1ff));
            if (!memory.TryReadEntry(at, out ulong entry))
            {
                return new(TranslationFault.Absent, level, at, 0);
            }

            if ((entry & Valid) == 0)
            {
                return new(TranslationFault.NotPresent, level, at, entry);
            }

            ulong number = entry >> 10 & ((1UL << 44) - 1);
            bool isPointer = (entry & (Read | Write | Execute)) == 0;
            bool napot = (entry & Napot) != 0;
            bool isReserved = (entry & Reserved) != 0
                || (entry & (Read | Write)) == Write
                || (isPointer && (i == 0 || napot))
                || (!isPointer && (number & ((1UL << (9 * i)) - 1)) != 0 && i > 0)
                || (napot && (i > 0 || (number & 0xf) != 8));
            if (isReserved)
            {
                return new(TranslationFault.Reserved, level, at, entry);
            }

            if (isPointer)
            {
                table = number << 12;
                continue;
            }

            ulong size = napot ? 0x1_0000 : 1UL << (12 + (9 * i));
            ulong physical = (number << 12 & ~(size - 1)) | (address & (size - 1));
            return new(TranslationFault.None, level, at, entry, physical, size, (entry & Write) != 0, napot);
        }
    }
}
