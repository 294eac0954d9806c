namespace Vmemmap.SyntheticImages;

/// <summary>
/// Intel SDM vol. 3, 5.5 (4-level and 5-level paging), supervisor access with CR0.WP = 1. Address bits above MAXPHYADDR are not
/// checked: an image does not tell MAXPHYADDR.
/// </summary>
internal static class X64ReferenceWalker
{
    internal static ReferenceTranslation Translate(int levels, Func<ulong, ulong?> read, ulong root, ulong virtualAddress)
    {
        int bits = 12 + (9 * levels);
        if ((ulong)((long)(virtualAddress << (64 - bits)) >> (64 - bits)) != virtualAddress)
        {
            return ReferenceTranslation.FaultAt(ReferenceFault.NotCanonical, 0, 0, 0);
        }

        ulong table = root;
        bool writable = true;
        for (int level = 0; ; level++)
        {
            int shift = bits - 9 - (9 * level);
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

            writable &= (entry & 2) != 0;
            ulong target = entry & 0x000f_ffff_ffff_f000;

            // PS: bit 7 of a page directory or pointer entry. In a page-table entry it is PAT, above the pointer table reserved.
            bool block = shift > 12 && (entry & 0x80) != 0;
            if (block && shift > 30)
            {
                return ReferenceTranslation.FaultAt(ReferenceFault.Reserved, level, address, entry);
            }

            if (shift > 12 && !block)
            {
                table = target;
                continue;
            }

            ulong size = 1UL << shift;
            ulong offset = size - 1;

            // Bit 12 of a large leaf is PAT; the address bits above it, up to the leaf's size, are reserved.
            if (block && (target & offset & ~0x1000UL) != 0)
            {
                return ReferenceTranslation.FaultAt(ReferenceFault.Reserved, level, address, entry);
            }

            return new ReferenceTranslation(
                ReferenceFault.None, level, address, entry, (target & ~offset) | (virtualAddress & offset), size, writable, false);
        }
    }
}
