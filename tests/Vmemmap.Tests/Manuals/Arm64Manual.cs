namespace Vmemmap.Tests.Manuals;

/// <summary>
/// Arm ARM DDI 0487 D8.3, stage 1 under TTBR1, by page size and address bits. With 4K and 16K pages 52 address bits mean LPA2; with
/// 64K pages bits 15:12 are always address (FEAT_LPA), as they are zero without it.
/// </summary>
internal sealed class Arm64Manual(int pageShift, int virtualAddressBits) : Manual
{
    private const ulong Valid = 1UL << 0;
    private const ulong TableOrPage = 1UL << 1;
    private const ulong ReadOnly = 1UL << 7;
    private const ulong AccessFlag = 1UL << 10;
    private const ulong NoTranslation = 1UL << 16;
    private const ulong Contiguous = 1UL << 52;
    private const ulong TableReadOnly = 1UL << 62;

    private readonly int _firstLevel = 4 - ((virtualAddressBits - 4) / (pageShift - 3));

    private bool IsLpa2 => pageShift < 16 && virtualAddressBits == 52;

    public override string Name => $"arm64-{1 << pageShift >> 10}k-va{virtualAddressBits}";

    public override int PageShift => pageShift;

    public override int VirtualAddressBits => virtualAddressBits;

    public override int PhysicalAddressBits => IsLpa2 || pageShift == 16 ? 52 : 48;

    public override int LevelCount => 4 - _firstLevel;

    public override int Shift(int level) => ((pageShift - 3) * (4 - (_firstLevel + level))) + 3;

    public override int IndexBits(int level) => level == 0 ? virtualAddressBits - Shift(0) : pageShift - 3;

    public override bool HasLeaves(int level) => (_firstLevel + level, pageShift) switch
    {
        (3 or 2, _) => true,
        (1, 12) => true,
        (1, 14) => IsLpa2,
        (1, 16) => true,
        (0, 12) => IsLpa2,
        _ => false,
    };

    public override int GroupCount(int level) => (_firstLevel + level, pageShift) switch
    {
        (3, 12) or (2, 12) => 16,
        (3, 14) => 128,
        (2, 14) => 32,
        (3, 16) or (2, 16) => 32,
        _ => 1,
    };

    public override ulong Canonical(ulong address) => address | ulong.MaxValue << virtualAddressBits;

    public override ulong Table(ulong physical, bool writable) =>
        Field(physical) | Valid | TableOrPage | (writable ? 0 : TableReadOnly);

    public override ulong Leaf(int level, ulong physical, bool writable, bool contiguous) =>
        Field(physical) | Valid | AccessFlag
        | (level == LastLevel ? TableOrPage : 0) | (writable ? 0 : ReadOnly) | (contiguous ? Contiguous : 0);

    public override Outcome Walk(IPhysicalMemory memory, ulong root, ulong address, ICollection<ulong>? visited)
    {
        if (address < 0 - (1UL << virtualAddressBits))
        {
            return new(TranslationFault.NotCanonical, 0, 0, 0);
        }

        ulong table = root;
        bool writable = true;
        for (int armLevel = _firstLevel; ; armLevel++)
        {
            visited?.Add(table);
            int level = armLevel - _firstLevel;
            int shift = ((pageShift - 3) * (4 - armLevel)) + 3;
            ulong translated = address & ((1UL << virtualAddressBits) - 1);
            ulong index = level == 0 ? translated >> shift : translated >> shift & ((1UL << (pageShift - 3)) - 1);
            ulong at = table + (index * 8);
            if (!memory.TryReadEntry(at, out ulong entry))
            {
                return new(TranslationFault.Absent, level, at, 0);
            }

            if ((entry & Valid) == 0)
            {
                return new(TranslationFault.NotPresent, level, at, entry);
            }

            if ((entry & TableOrPage) != 0 && armLevel < 3)
            {
                writable &= (entry & TableReadOnly) == 0;
                table = OutputAddress(entry);
                continue;
            }

            bool isPage = armLevel == 3 && (entry & TableOrPage) != 0;
            bool isBlock = armLevel < 3 && HasLeaves(level);
            ulong below = (1UL << shift) - (1UL << pageShift);
            if (!isPage && (!isBlock || (entry & below & ~NoTranslation) != 0))
            {
                return new(TranslationFault.Reserved, level, at, entry);
            }

            ulong offset = (1UL << shift) - 1;
            int group = (entry & Contiguous) != 0 ? GroupCount(level) : 1;
            return new(
                TranslationFault.None,
                level,
                at,
                entry,
                (OutputAddress(entry) & ~offset) | (address & offset),
                (ulong)group << shift,
                writable && (entry & ReadOnly) == 0,
                group > 1);
        }
    }

    /// <summary>The address field of a descriptor.</summary>
    public ulong Field(ulong physical) =>
        pageShift == 16 ? (physical & 0x0000_ffff_ffff_0000) | (physical >> 48 & 0xf) << 12
        : IsLpa2 ? (physical & 0x0003_ffff_ffff_f000) | (physical >> 50 & 3) << 8
        : physical;

    private ulong OutputAddress(ulong entry)
    {
        ulong page = ulong.MaxValue << pageShift;
        return pageShift == 16 ? (entry & 0x0000_ffff_ffff_0000) | (entry >> 12 & 0xf) << 48
            : IsLpa2 ? (entry & 0x0003_ffff_ffff_ffff & page) | (entry >> 8 & 3) << 50
            : entry & 0x0000_ffff_ffff_ffff & page;
    }
}
