namespace Vmemmap.SyntheticImages;

/// <summary>
/// RISC-V Privileged Architecture, "Sv39" to "Sv57" and "Svnapot". Bits 63:59 above the last level are not checked: some cores keep
/// memory types there. A, D and U of a table entry are reserved for later and not checked either.
/// </summary>
internal static class RiscV64ReferenceWalker
{
    internal static ReferenceTranslation Translate(int levels, Func<ulong, ulong?> read, ulong root, ulong virtualAddress)
    {
        int bits = 12 + (9 * levels);
        if ((ulong)((long)(virtualAddress << (64 - bits)) >> (64 - bits)) != virtualAddress)
        {
            return ReferenceTranslation.FaultAt(ReferenceFault.NotCanonical, 0, 0, 0);
        }

        ulong table = root;
        for (int level = 0; ; level++)
        {
            int shift = 12 + (9 * (levels - 1 - level));
            ulong address = table + (((virtualAddress >> shift) & 511) * 8);
            ulong? read64 = read(address);
            if (read64 is not ulong entry)
            {
                return ReferenceTranslation.FaultAt(ReferenceFault.Absent, level, address, 0);
            }

            if ((entry & 1) == 0)
            {
                return ReferenceTranslation.FaultAt(ReferenceFault.NotPresent, level, address, entry);
            }

            bool readable = (entry & 2) != 0;
            bool writable = (entry & 4) != 0;
            bool executable = (entry & 8) != 0;
            ulong pageNumber = (entry >> 10) & 0xfff_ffff_ffff;
            bool reservedBits = ((entry >> 54) & 0x1f) != 0;
            if (reservedBits || (writable && !readable))
            {
                return ReferenceTranslation.FaultAt(ReferenceFault.Reserved, level, address, entry);
            }

            if (!readable && !writable && !executable)
            {
                if (shift == 12)
                {
                    // The last level has nowhere to point to.
                    return ReferenceTranslation.FaultAt(ReferenceFault.Reserved, level, address, entry);
                }

                table = pageNumber << 12;
                continue;
            }

            int sizeShift = shift;
            bool napot = shift == 12 && entry >> 63 != 0;
            if (napot)
            {
                // Only 64 KiB is defined: page number bits 3:0 read 1000 and come from the address instead.
                if ((pageNumber & 0xf) != 8)
                {
                    return ReferenceTranslation.FaultAt(ReferenceFault.Reserved, level, address, entry);
                }

                pageNumber &= ~0xfUL;
                sizeShift = 16;
            }

            ulong offset = (1UL << sizeShift) - 1;
            if (((pageNumber << 12) & offset) != 0)
            {
                // A misaligned superpage.
                return ReferenceTranslation.FaultAt(ReferenceFault.Reserved, level, address, entry);
            }

            return new ReferenceTranslation(
                ReferenceFault.None, level, address, entry, (pageNumber << 12) | (virtualAddress & offset), offset + 1, writable, napot);
        }
    }
}
