namespace Vmemmap.Tests.Manuals;

/// <summary>Intel SDM vol. 3 chapter 5: 4-level and 5-level paging.</summary>
internal sealed class X64Manual(int levels) : Manual
{
    private const ulong Present = 1UL << 0;
    private const ulong Writable = 1UL << 1;
    private const ulong PageSize = 1UL << 7;

    public override string Name => levels == 4 ? "x86-64" : "x86-64-la57";

    public override int PageShift => 12;

    public override int VirtualAddressBits => levels == 4 ? 48 : 57;

    public override int PhysicalAddressBits => 52;

    public override int LevelCount => levels;

    public override int Shift(int level) => 12 + (9 * (levels - 1 - level));

    public override int IndexBits(int level) => 9;

    public override bool HasLeaves(int level) => Shift(level) <= 30;

    public override int GroupCount(int level) => 1;

    public override ulong Canonical(ulong address)
    {
        ulong sign = 1UL << (levels == 4 ? 47 : 56);
        return (address & sign) != 0 ? address | ~(sign - 1) : address & (sign - 1);
    }

    public override ulong Table(ulong physical, bool writable) => physical | Present | (writable ? Writable : 0);

    public override ulong Leaf(int level, ulong physical, bool writable, bool contiguous) =>
        physical | Present | (writable ? Writable : 0) | (Shift(level) == 12 ? 0 : PageSize);

    public override Outcome Walk(IPhysicalMemory memory, ulong root, ulong address, ICollection<ulong>? visited)
    {
        if (Canonical(address) != address)
        {
            return new(TranslationFault.NotCanonical, 0, 0, 0);
        }

        ulong table = root;
        bool writable = true;
        for (int level = 0; ; level++)
        {
            visited?.Add(table);
            int shift = 39 + (levels == 5 ? 9 : 0) - (9 * level);
            ulong at = table + (8 * (address >> shift & 511));
            if (!memory.TryReadEntry(at, out ulong entry))
            {
                return new(TranslationFault.Absent, level, at, 0);
            }

            if ((entry & Present) == 0)
            {
                return new(TranslationFault.NotPresent, level, at, entry);
            }

            writable &= (entry & Writable) != 0;
            if (shift == 12)
            {
                return new(TranslationFault.None, level, at, entry, (entry & 0x000f_ffff_ffff_f000) | (address & 0xfff), 0x1000, writable);
            }

            if ((entry & PageSize) == 0)
            {
                table = entry & 0x000f_ffff_ffff_f000;
                continue;
            }

            // Bit 12 of a large leaf is PAT; the address bits between it and the leaf's size are reserved.
            if (shift == 30 && (entry & 0x3fff_e000) == 0)
            {
                ulong physical = (entry & 0x000f_ffff_c000_0000) | (address & 0x3fff_ffff);
                return new(TranslationFault.None, level, at, entry, physical, 0x4000_0000, writable);
            }

            if (shift == 21 && (entry & 0x001f_e000) == 0)
            {
                ulong physical = (entry & 0x000f_ffff_ffe0_0000) | (address & 0x001f_ffff);
                return new(TranslationFault.None, level, at, entry, physical, 0x0020_0000, writable);
            }

            return new(TranslationFault.Reserved, level, at, entry);
        }
    }
}
