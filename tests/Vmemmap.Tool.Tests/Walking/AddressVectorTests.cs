using Vmemmap.SyntheticImages;

namespace Vmemmap.Tool.Tests.Walking;

/// <summary>Descriptors whose address comes in pieces, and the rules of permissions, groups and reserved patterns.</summary>
public sealed class AddressVectorTests
{
    private const ulong Root = 0x10_0000;

    /// <summary>A last-level entry with every table above it at the top of the address space.</summary>
    [Theory]
    [InlineData("arm64-64k-va52", 0x0000bcdef012a000, 0x000abcdef0120000)]
    [InlineData("arm64-64k-va48", 0x0000bcdef012a000, 0x000abcdef0120000)]
    [InlineData("arm64-4k-va52", 0x0002bcdef0123200, 0x000abcdef0123000)]
    [InlineData("arm64-16k-va52", 0x0002bcdef0124200, 0x000abcdef0124000)]
    [InlineData("arm64-4k-va48", 0x0000bcdef0123300, 0x0000bcdef0123000)]
    public void Translate_AddressInPieces_PutsThemTogether(string architecture, ulong field, ulong address)
    {
        ReferenceTranslation translation = TranslateTop(architecture, field | 0x403);
        Assert.Equal(ReferenceFault.None, translation.Fault);
        Assert.Equal(address, translation.PhysicalAddress);
    }

    /// <summary>Svnapot: 64K at 0x12340000 with flags 0xcf.</summary>
    [Theory]
    [InlineData(0xfUL, 0x12340000UL + 0xf000)]
    [InlineData(0x0UL, 0x12340000UL)]
    [InlineData(0x8UL, 0x12340000UL + 0x8000)]
    public void Translate_Svnapot_TakesTheLowBitsFromTheAddress(ulong page, ulong expected)
    {
        ulong address = 0xffffffffffff0000 | (page << 12);
        ReferenceTranslation translation = Translate("riscv64-sv39", address, 0x80000000048d20cf);
        Assert.Equal(expected, translation.PhysicalAddress);
        Assert.Equal(0x10000UL, translation.Size);
        Assert.True(translation.Contiguous);
    }

    [Theory]
    [InlineData("x86-64", 0x8000000000200163, true)]
    [InlineData("x86-64", 0x8000000000200121, false)]
    [InlineData("arm64-4k-va48", 0x00e8000000200f03, true)]
    [InlineData("arm64-4k-va48", 0x00e0000000200f83, false)]
    [InlineData("arm64-4k-va52", 0x00e8000000200c03, true)]
    [InlineData("arm64-4k-va52", 0x00e0000000200c83, false)]
    [InlineData("riscv64-sv48", 0x00000000000800e7, true)]
    [InlineData("riscv64-sv48", 0x00000000000800e3, false)]
    public void Translate_LeafOfARealKernel_KnowsWhoMayWrite(string architecture, ulong entry, bool writable)
    {
        ReferenceTranslation translation = TranslateTop(architecture, entry);
        Assert.Equal(ReferenceFault.None, translation.Fault);
        Assert.Equal(0x200000UL, translation.PhysicalAddress);
        Assert.Equal(writable, translation.Writable);
    }

    /// <summary>arm64 level 3 0b01; riscv writable but not readable, a pointer on the last level, a group that is not 64K.</summary>
    [Theory]
    [InlineData("arm64-4k-va48", 0x0000000000200401UL)]
    [InlineData("arm64-64k-va42", 0x0000000000200401UL)]
    [InlineData("riscv64-sv39", 0x00000000000800c5UL)]
    [InlineData("riscv64-sv39", 0x0000000000080001UL)]
    [InlineData("riscv64-sv39", 0x80000000048d10cfUL)]
    [InlineData("riscv64-sv39", 0x00400000000800e7UL)]
    public void Translate_ReservedPattern_Faults(string architecture, ulong entry) =>
        Assert.Equal(ReferenceFault.Reserved, TranslateTop(architecture, entry).Fault);

    [Theory]
    [InlineData("x86-64", 0x0000ffffffff0000UL)]
    [InlineData("x86-64", 0xffff7fffffff0000UL)]
    [InlineData("x86-64-la57", 0xfeffffffffff0000UL)]
    [InlineData("arm64-4k-va48", 0x0000000000001000UL)]
    [InlineData("arm64-64k-va42", 0xfffffbffffff0000UL)]
    [InlineData("riscv64-sv39", 0xffffffbfffff0000UL)]
    public void Translate_NotCanonical_Faults(string architecture, ulong address) =>
        Assert.Equal(ReferenceFault.NotCanonical, Translate(architecture, address, 0).Fault);

    private static ReferenceTranslation TranslateTop(string architecture, ulong entry) =>
        Translate(architecture, ulong.MaxValue & ~0xffffUL, entry);

    private static ReferenceTranslation Translate(string architecture, ulong address, ulong entry)
    {
        MachineGeometry machine = Machines.Find(architecture);
        Dictionary<ulong, ulong> memory = [];
        for (int level = 0; level <= machine.LastLevel; level++)
        {
            TableLevel shape = machine.Levels[level];
            ulong table = Root + ((ulong)level << 16);
            ulong below = table + 0x10000;
            ulong pointer = machine.Family == CpuFamily.RiscV64 ? (below >> 2) | 1 : below | 3;
            ulong index = (address >> shape.Shift) & ((1UL << shape.IndexBits) - 1);
            memory[table + (index * 8)] = level == machine.LastLevel ? entry : pointer;
        }

        return ReferenceWalker.Translate(architecture, at => memory.TryGetValue(at, out ulong value) ? value : null, Root, address);
    }
}
