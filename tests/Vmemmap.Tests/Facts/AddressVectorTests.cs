using Vmemmap.Tests.Formats;

namespace Vmemmap.Tests.Facts;

/// <summary>Output addresses that are not simply bits of the entry, and the masks of those that are.</summary>
public class AddressVectorTests
{
    private const ulong ArmPage = 3;

    // arm64 pgtable-hwdef.h (6.12), __phys_to_pte_val: PA[51:48] in 15:12 with LPA, PA[51:50] in 9:8 with LPA2.
    [Theory]
    [InlineData("arm64-64k-va42", 0x000a_bcde_f012_0000, 0x0000_bcde_f012_a000)]
    [InlineData("arm64-64k-va48", 0x000a_bcde_f012_0000, 0x0000_bcde_f012_a000)]
    [InlineData("arm64-64k-va52", 0x000a_bcde_f012_0000, 0x0000_bcde_f012_a000)]
    [InlineData("arm64-4k-va52", 0x000a_bcde_f012_3000, 0x0002_bcde_f012_3200)]
    [InlineData("arm64-16k-va52", 0x000a_bcde_f012_4000, 0x0002_bcde_f012_4200)]
    public void AddressInPieces_IsPutTogether(string name, ulong physical, ulong field)
    {
        foreach (IPageTableFormat format in Both(name))
        {
            Assert.Equal(physical, format.TableAddress(field | ArmPage));
            Assert.Equal(physical | 0x123, format.PhysicalAddress(format.LevelCount - 1, field | ArmPage, 0xffff_ffff_ffff_0123));
        }
    }

    // Without LPA2 bits 9:8 are shareability: SH=0b11, as every kernel mapping has it, is not PA 0xc000000000000.
    [Theory]
    [InlineData("arm64-4k-va39")]
    [InlineData("arm64-4k-va48")]
    [InlineData("arm64-16k-va36")]
    [InlineData("arm64-16k-va47")]
    [InlineData("arm64-16k-va48")]
    public void Shareability_IsNoAddress(string name)
    {
        foreach (IPageTableFormat format in Both(name))
        {
            Assert.Equal(0x4000_0000UL, format.PhysicalAddress(format.LevelCount - 1, 0x4000_0703, 0));
            Assert.Equal(0x4000_0000UL, format.TableAddress(0x4000_0303));
        }
    }

    // RISC-V Svnapot: PPN[3:0] = 1000 with N says 64K; the low bits come from the virtual address.
    [Theory]
    [InlineData("riscv64-sv39")]
    [InlineData("riscv64-sv48")]
    [InlineData("riscv64-sv57")]
    public void Svnapot_TakesTheLowBitsFromTheAddress(string name)
    {
        const ulong Entry = 0x8000_0000_048d_20cf;
        foreach (IPageTableFormat format in Both(name))
        {
            int last = format.LevelCount - 1;
            Assert.Equal(EntryKind.Leaf, format.Classify(last, Entry));
            Assert.Equal(16, format.LeafSizeShift(last, Entry));
            Assert.Equal(0x1234_0000UL, format.PhysicalAddress(last, Entry, 0xffff_ffc5_0000_0000));
            Assert.Equal(0x1234_5678UL, format.PhysicalAddress(last, Entry, 0xffff_ffc5_0000_5678));
            Assert.Equal(0x1234_ffffUL, format.PhysicalAddress(last, Entry, 0xffff_ffc5_1234_ffff));
            Assert.Equal(1UL << 63, format.SharedAddressMask);

            // Any other pattern in these four bits is reserved, and so is N above the last level, and N in a pointer.
            Assert.Equal(EntryKind.Reserved, format.Classify(last, Entry | 1UL << 10));
            Assert.Equal(EntryKind.Reserved, format.Classify(last, Entry & ~(8UL << 10)));
            Assert.Equal(EntryKind.Reserved, format.Classify(last - 1, 0x8000_0000_0000_00cf));
            Assert.Equal(EntryKind.Reserved, format.Classify(last - 1, 0x8000_0000_0000_0001));
        }
    }

    // x86-64: pgtable_types.h and page_types.h masks; arm64 without 52-bit addresses: bits 47:PAGE_SHIFT.
    [Theory]
    [InlineData("x86-64", 0x000f_ffff_ffff_f000)]
    [InlineData("x86-64-la57", 0x000f_ffff_ffff_f000)]
    [InlineData("arm64-4k-va39", 0x0000_ffff_ffff_f000)]
    [InlineData("arm64-4k-va48", 0x0000_ffff_ffff_f000)]
    [InlineData("arm64-4k-va52", 0x0003_ffff_ffff_f300)]
    [InlineData("arm64-16k-va36", 0x0000_ffff_ffff_c000)]
    [InlineData("arm64-16k-va47", 0x0000_ffff_ffff_c000)]
    [InlineData("arm64-16k-va48", 0x0000_ffff_ffff_c000)]
    [InlineData("arm64-16k-va52", 0x0003_ffff_ffff_c300)]
    [InlineData("arm64-64k-va42", 0x0000_ffff_ffff_f000)]
    [InlineData("arm64-64k-va48", 0x0000_ffff_ffff_f000)]
    [InlineData("arm64-64k-va52", 0x0000_ffff_ffff_f000)]
    [InlineData("riscv64-sv39", 0x003f_ffff_ffff_fc00)]
    [InlineData("riscv64-sv48", 0x003f_ffff_ffff_fc00)]
    [InlineData("riscv64-sv57", 0x003f_ffff_ffff_fc00)]
    public void AddressMask_IsTheFormats(string name, ulong mask)
    {
        foreach (IPageTableFormat format in Both(name))
        {
            Assert.Equal(mask, format.AddressMask);
            Assert.Equal(1UL, format.ValidMask);
            Assert.Equal(name.StartsWith("riscv64", StringComparison.Ordinal) ? 1UL << 63 : 0, format.SharedAddressMask);
        }
    }

    [Theory]
    [InlineData("PTE", 0x000f_ffff_ffff_f000)]
    [InlineData("PMD", 0x000f_ffff_ffe0_0000)]
    [InlineData("PUD", 0x000f_ffff_c000_0000)]
    public void X64Leaf_IsCutToItsSize(string level, ulong mask)
    {
        foreach (string name in (string[])["x86-64", "x86-64-la57"])
        {
            int index = Loaded.Generated(name).Levels.Select(l => l.Name).ToList().IndexOf(level);
            Assert.All(Both(name), format => Assert.Equal(mask, format.PhysicalAddress(index, ulong.MaxValue, 0)));
        }
    }

    private static IPageTableFormat[] Both(string name) =>
        [Format.Of(Loaded.Generated(name)).Members, Format.Of(Loaded.Walker(name)).Members];
}
