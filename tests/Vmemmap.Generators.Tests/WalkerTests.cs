using System.Reflection;

namespace Vmemmap.Generators.Tests;

/// <summary>
/// What emitted predicates say of an entry, against rules written by hand from the manuals for each family, and TryTranslate against
/// a walk that is made of the predicates.
/// </summary>
public class WalkerTests
{
    private const int EntriesPerArchitecture = 20_000;

    public static TheoryData<Type> Types => [.. typeof(IArchitecture).Assembly.GetTypes().Where(
        t => t.IsValueType && t.GetInterfaces().Contains(typeof(IArchitecture)))];

    [Fact]
    public void Types_AreTheFifteen() => Assert.Equal(15, Types.Count);

    [Theory]
    [MemberData(nameof(Types))]
    public void Classify_IsTheManuals(Type type) => Run(nameof(CheckClassify), type);

    [Theory]
    [MemberData(nameof(Types))]
    public void TryTranslate_IsTheWalkOfItsPredicates(Type type) => Run(nameof(CheckTranslate), type);

    // Vectors: physical address and the field that holds it, of the Arm ARM's layouts and of Svnapot.
    [Theory]
    [InlineData(typeof(Arm64K64Va52), 0x0000bcdef012a000, 0x000abcdef0120000)]
    [InlineData(typeof(Arm64K4Va52), 0x0002bcdef0123200, 0x000abcdef0123000)]
    [InlineData(typeof(Arm64K16Va52), 0x0002bcdef0124200, 0x000abcdef0124000)]
    public void LastLevelField_GivesItsAddress(Type type, long field, long physical) =>
        Run(nameof(CheckField), type, (ulong)field, (ulong)physical);

    [Fact]
    public void SvnapotEntry_TakesItsLowFrameBitsFromTheVirtualAddress()
    {
        ulong entry = 0x80000000048d20cf;
        Assert.Equal(EntryKind.Leaf, RiscV64Sv39.Classify(2, entry));
        Assert.Equal(0x12345678UL, RiscV64Sv39.PhysicalAddress(2, entry, 0xffffffc500005678));
        Assert.Equal(16, RiscV64Sv39.LeafSizeShift(2, entry));
        Assert.Equal(EntryKind.Reserved, RiscV64Sv39.Classify(2, entry | 0x400));
    }

    [Fact]
    public void LevelOutOfRange_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => X64.Classify(4, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => X64.LevelShift(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => X64.PhysicalAddress(0, 0x81, 0));
    }

    [Theory]
    [InlineData(0x00007fffffffffff, true)]
    [InlineData(0x0000800000000000, false)]
    [InlineData(unchecked((long)0xffff7fffffffffff), false)]
    [InlineData(unchecked((long)0xffff800000000000), true)]
    [InlineData(-1, true)]
    public void Canonical_IsSignExtension(long address, bool isCanonical)
    {
        Assert.Equal(isCanonical, X64.IsCanonical((ulong)address));
        Assert.Equal((ulong)address >= 0xffff000000000000, Arm64K4Va48.IsCanonical((ulong)address));
    }

    private static void Run(string method, Type type, params object[] arguments) =>
        typeof(WalkerTests).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type)
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null);

    private static void CheckField<TArch>(ulong field, ulong physical)
        where TArch : struct, IArchitecture
    {
        Assert.Equal(physical, TArch.PhysicalAddress(TArch.LevelCount - 1, field | 3, 0));
        Assert.Equal(physical, TArch.TableAddress(field | 3));
    }

    private static void CheckClassify<TArch>()
        where TArch : struct, IArchitecture
    {
        Random random = new(1);
        HashSet<(int, EntryKind)> seen = [];
        for (int i = 0; i < EntriesPerArchitecture; i++)
        {
            int level = random.Next(TArch.LevelCount);
            ulong entry = RandomEntry<TArch>(random);
            EntryKind kind = ByHand<TArch>(level, entry);
            seen.Add((level, kind));
            Assert.True(kind == TArch.Classify(level, entry), $"{TArch.Name} level {level} entry 0x{entry:x}: {kind}");
            if (kind == EntryKind.Leaf)
            {
                ulong offset = (1UL << TArch.LeafSizeShift(level, entry)) - 1;
                ulong inEntry = (1UL << TArch.LevelShift(level)) - 1;
                ulong address = (ulong)random.NextInt64();
                ulong group = TArch.SharedAddressMask != 0 ? offset : inEntry;
                Assert.Equal((Frame<TArch>(entry) & ~group) | (address & group), TArch.PhysicalAddress(level, entry, address));
            }
        }

        Assert.Equal(TArch.LevelCount - 1, seen.Count(s => s.Item2 == EntryKind.Table));
        Assert.Equal(TArch.Levels.ToArray().Count(l => l.Leaf != LeafUse.None), seen.Count(s => s.Item2 == EntryKind.Leaf));
    }

    // All physical bits of an entry, as each family's manual lays them out.
    private static ulong Frame<TArch>(ulong entry)
        where TArch : struct, IArchitecture => TArch.Name switch
        {
            ['x', ..] => entry & 0x000f_ffff_ffff_f000,
            ['r', ..] => ((entry >> 10) & 0xfff_ffff_ffff) << 12,
            "arm64-4k-va52" => (entry & 0x0003_ffff_ffff_f000) | ((entry & 0x300) << 42),
            "arm64-16k-va52" => (entry & 0x0003_ffff_ffff_c000) | ((entry & 0x300) << 42),
            ['a', 'r', 'm', '6', '4', '-', '6', ..] => (entry & 0x0000_ffff_ffff_0000) | ((entry & 0xf000) << 36),
            ['a', 'r', 'm', '6', '4', '-', '1', ..] => entry & 0x0000_ffff_ffff_c000,
            _ => entry & 0x0000_ffff_ffff_f000,
        };

    // PAT (x86, 12) and nT (Arm, 16) stand among the address bits of a block and are none of them.
    private static EntryKind ByHand<TArch>(int level, ulong entry)
        where TArch : struct, IArchitecture
    {
        Level at = TArch.Levels[level];
        bool isLast = level == TArch.LevelCount - 1;
        bool Bit(int bit) => (entry >> bit & 1) != 0;
        if (!Bit(0))
        {
            return EntryKind.NotPresent;
        }

        ulong below = Frame<TArch>(entry) & ((1UL << at.Shift) - 1);
        switch (TArch.Name[0])
        {
            case 'x':
                bool isBlock = !isLast && Bit(7);
                return isLast ? EntryKind.Leaf
                    : !isBlock ? EntryKind.Table
                    : at.Leaf != LeafUse.None && (below & ~(1UL << 12)) == 0 ? EntryKind.Leaf
                    : EntryKind.Reserved;
            case 'a':
                return isLast ? (Bit(1) ? EntryKind.Leaf : EntryKind.Reserved)
                    : Bit(1) ? EntryKind.Table
                    : at.Leaf != LeafUse.None && (below & ~(1UL << 16)) == 0 ? EntryKind.Leaf
                    : EntryKind.Reserved;
            default:
                bool isLeaf = Bit(1) || Bit(2) || Bit(3);
                bool isNapot = Bit(63);
                return (entry >> 54 & 31) != 0 ? EntryKind.Reserved
                    : !isLeaf ? (isLast || isNapot ? EntryKind.Reserved : EntryKind.Table)
                    : Bit(2) && !Bit(1) ? EntryKind.Reserved
                    : isNapot && (!isLast || (entry >> 10 & 15) != 8) ? EntryKind.Reserved
                    : below != 0 ? EntryKind.Reserved
                    : EntryKind.Leaf;
        }
    }

    // Random flags on an address that is often aligned: a plain random entry is hardly ever a sound block.
    private static ulong RandomEntry<TArch>(Random random)
        where TArch : struct, IArchitecture
    {
        ulong entry = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        int kind = random.Next(4);
        if (kind > 0)
        {
            entry &= TArch.Name[0] == 'r' ? ~(31UL << 54) : ulong.MaxValue;
            entry |= kind > 1 ? 1UL : 0;
            entry &= (ulong.MaxValue << random.Next(10, 50)) | 0x3ff;
            entry |= random.Next(4) == 0 ? 8UL << 10 : 0;
            entry &= random.Next(2) == 0 ? ~(1UL << 63) : ulong.MaxValue;
        }

        return entry;
    }

    private static void CheckTranslate<TArch>()
        where TArch : struct, IArchitecture
    {
        Random random = new(2);
        HashSet<TranslationFault> seen = [];
        for (int i = 0; i < EntriesPerArchitecture; i++)
        {
            RandomMemory<TArch> memory = new((uint)i);
            ulong root = (ulong)random.Next() << TArch.PageShift;
            ulong address = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            address |= i % 8 == 0 ? 0 : ulong.MaxValue << (TArch.VirtualAddressBits - 1);
            bool isFound = TArch.TryTranslate(in memory, root, address, out Translation translation);
            Translation expected = Walk<TArch>(memory, root, address);
            seen.Add(translation.Fault);
            Assert.Equal(expected, translation);
            Assert.Equal(translation.Fault == TranslationFault.None, isFound);
        }

        Assert.Equal(5, seen.Count);
    }

    private static Translation Walk<TArch>(RandomMemory<TArch> memory, ulong root, ulong address)
        where TArch : struct, IArchitecture
    {
        Translation result = default;
        if (!TArch.IsCanonical(address))
        {
            Translation.FaultAt(out result, TranslationFault.NotCanonical, 0, 0, 0);
            return result;
        }

        bool isWritable = true;
        ulong table = root;
        for (int level = 0; ; level++)
        {
            ulong at = table + ((address >> TArch.LevelShift(level) & ((1UL << TArch.LevelIndexBits(level)) - 1)) * 8);
            if (!memory.TryReadEntry(at, out ulong entry))
            {
                Translation.FaultAt(out result, TranslationFault.Absent, level, at, 0);
                return result;
            }

            switch (TArch.Classify(level, entry))
            {
                case EntryKind.Table:
                    isWritable &= TArch.TableAllowsWrite(entry);
                    table = TArch.TableAddress(entry);
                    continue;
                case EntryKind.Leaf:
                    int shift = TArch.LeafSizeShift(level, entry);
                    return new Translation(
                        TArch.PhysicalAddress(level, entry, address), at, entry, level, shift,
                        isWritable & TArch.IsWritable(entry), shift != TArch.LevelShift(level));
                case EntryKind.NotPresent:
                    Translation.FaultAt(out result, TranslationFault.NotPresent, level, at, entry);
                    return result;
                default:
                    Translation.FaultAt(out result, TranslationFault.Reserved, level, at, entry);
                    return result;
            }
        }
    }

    /// <summary>Memory whose entries follow from their address: mostly tables, some of all else, some absent.</summary>
    private readonly struct RandomMemory<TArch>(uint seed) : IPhysicalMemory
        where TArch : struct, IArchitecture
    {
        public bool TryReadEntry(ulong address, out ulong entry)
        {
            Random random = new((int)(((address + seed) * 0x9e37_79b9_7f4a_7c15) >> 33));
            entry = RandomEntry<TArch>(random);
            if (random.Next(3) > 0)
            {
                ulong flags = TArch.Name[0] == 'a' ? 3UL : 1UL;
                ulong clear = TArch.Name[0] switch { 'x' => 0x80UL, 'a' => 0UL, _ => 0xffc0_0000_0000_000eUL };
                entry = (entry | flags) & ~clear;
            }

            bool isPresent = random.Next(20) > 0;
            entry = isPresent ? entry : 0;
            return isPresent;
        }

        public TableRead ReadTable(ulong address, Span<ulong> scratch, out ReadOnlySpan<ulong> table) => throw new NotSupportedException();
    }
}
