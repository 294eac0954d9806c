namespace Vmemmap.SyntheticImages;

/// <summary>
/// Arm ARM DDI 0487, D8.2 and D8.3: VMSAv8-64 stage 1 through TTBR1, EL1 access. Bits 15:12 of a 64K descriptor are read as
/// address bits 51:48: they are RES0 where FEAT_LPA is off. RES0 bits of a block's address fault here, as a reader should have it;
/// bit 16 is nT (FEAT_BBM).
/// </summary>
internal static class Arm64ReferenceWalker
{
    internal static ReferenceTranslation Translate(
        int pageShift, int bits, bool lpa2, Func<ulong, ulong?> read, ulong root, ulong virtualAddress)
    {
        if (virtualAddress >> bits != ulong.MaxValue >> bits)
        {
            return ReferenceTranslation.FaultAt(ReferenceFault.NotCanonical, 0, 0, 0);
        }

        int stride = pageShift - 3;
        int levels = (bits - 4) / stride;
        ulong table = root;
        bool writable = true;
        for (int level = 0; ; level++)
        {
            // Arm counts to level 3; a walk of five levels starts at -1.
            int armLevel = 4 - levels + level;
            int shift = (stride * (4 - armLevel)) + 3;
            int top = level == 0 ? bits : shift + stride;
            ulong index = (virtualAddress & ~(ulong.MaxValue << top)) >> shift;
            ulong address = table + (index * 8);
            ulong? read64 = read(address);
            if (read64 is not ulong entry)
            {
                return ReferenceTranslation.FaultAt(ReferenceFault.Absent, level, address, 0);
            }

            if ((entry & 1) == 0)
            {
                return ReferenceTranslation.FaultAt(ReferenceFault.NotPresent, level, address, entry);
            }

            bool tableOrPage = (entry & 2) != 0;
            ulong target = OutputAddress(entry, pageShift, lpa2);
            if (armLevel < 3 && tableOrPage)
            {
                // APTable[1]: no writes below, whatever the leaf says.
                writable &= (entry & (1UL << 62)) == 0;
                table = target;
                continue;
            }

            ulong offset = (1UL << shift) - 1;
            bool legal = armLevel == 3 ? tableOrPage : IsBlockLevel(armLevel, pageShift, lpa2);
            bool aligned = armLevel == 3 || (target & offset & ~(1UL << 16)) == 0;
            if (!legal || !aligned)
            {
                return ReferenceTranslation.FaultAt(ReferenceFault.Reserved, level, address, entry);
            }

            bool contiguous = (entry & (1UL << 52)) != 0 && GroupShift(armLevel, pageShift) > 0;
            int sizeShift = shift + (contiguous ? GroupShift(armLevel, pageShift) : 0);
            writable &= (entry & (1UL << 7)) == 0;
            ulong physicalAddress = (target & ~offset) | (virtualAddress & offset);
            return new ReferenceTranslation(
                ReferenceFault.None, level, address, entry, physicalAddress, 1UL << sizeShift, writable, contiguous);
        }
    }

    private static ulong OutputAddress(ulong entry, int pageShift, bool lpa2)
    {
        if (lpa2)
        {
            return ((entry & 0x0003_ffff_ffff_ffff) >> pageShift << pageShift) | (((entry >> 8) & 3) << 50);
        }

        ulong low = (entry & 0x0000_ffff_ffff_ffff) >> pageShift << pageShift;
        return pageShift == 16 ? low | (((entry >> 12) & 0xf) << 48) : low;
    }

    /// <summary>D8.3.1: which levels have blocks. 4K level 0 and 16K level 1 need FEAT_LPA2, 64K level 1 FEAT_LPA.</summary>
    private static bool IsBlockLevel(int armLevel, int pageShift, bool lpa2) => (pageShift, armLevel) switch
    {
        (_, 2) => true,
        (12, 1) => true,
        (12, 0) => lpa2,
        (14, 1) => lpa2,
        (16, 1) => true,
        _ => false,
    };

    /// <summary>
    /// D8.7.1: log2 of a contiguous group. A 4K level 1 descriptor may be contiguous too, for 16 GiB; Linux has no such size, and
    /// the bit is no more than a hint.
    /// </summary>
    private static int GroupShift(int armLevel, int pageShift) => (pageShift, armLevel) switch
    {
        (12, 2) => 4,
        (12, 3) => 4,
        (14, 2) => 5,
        (14, 3) => 7,
        (16, 2) => 5,
        (16, 3) => 5,
        _ => 0,
    };
}
