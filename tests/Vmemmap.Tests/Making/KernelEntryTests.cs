namespace Vmemmap.Tests.Making;

/// <summary>
/// Entries bit by bit as real kernels make them. x86-64: Linux 6.1 and 6.12 images, whose vmemmap has 0x8000000000000163 (RW, 4K), ...161
/// (RO of 6.1), ...1e3 (blocks), and _KERNPG_TABLE less US. arm64: images with PTE_NG; 0x00e8000000000f03 RW and 0x00e0000000000f83 RO,
/// c03 and c83 with LPA2. riscv64: 0xe7, and the same less W.
/// </summary>
public class KernelEntryTests
{
    [Theory]
    [InlineData("x86-64", 3, 0x0000_0000_1234_5000, 0x8000_0000_1234_5163, 0x8000_0000_1234_5161)]
    [InlineData("x86-64", 3, 0x000f_ffff_ffff_f000, 0x800f_ffff_ffff_f163, 0x800f_ffff_ffff_f161)]
    [InlineData("x86-64", 2, 0x0000_0000_1220_0000, 0x8000_0000_1220_01e3, 0x8000_0000_1220_01e1)]
    [InlineData("x86-64", 1, 0x0000_0001_4000_0000, 0x8000_0001_4000_01e3, 0x8000_0001_4000_01e1)]
    [InlineData("x86-64-la57", 4, 0x0000_0000_1234_5000, 0x8000_0000_1234_5163, 0x8000_0000_1234_5161)]
    [InlineData("x86-64-la57", 3, 0x0000_0000_1220_0000, 0x8000_0000_1220_01e3, 0x8000_0000_1220_01e1)]
    [InlineData("arm64-4k-va48", 3, 0x0000_0000_1234_5000, 0x00e8_0000_1234_5f03, 0x00e0_0000_1234_5f83)]
    [InlineData("arm64-4k-va48", 3, 0x0000_ffff_ffff_f000, 0x00e8_ffff_ffff_ff03, 0x00e0_ffff_ffff_ff83)]
    [InlineData("arm64-4k-va48", 2, 0x0000_0000_1220_0000, 0x00e8_0000_1220_0f01, 0x00e0_0000_1220_0f81)]
    [InlineData("arm64-4k-va39", 0, 0x0000_0001_4000_0000, 0x00e8_0001_4000_0f01, 0x00e0_0001_4000_0f81)]
    [InlineData("arm64-16k-va47", 2, 0x0000_0000_1234_4000, 0x00e8_0000_1234_4f03, 0x00e0_0000_1234_4f83)]

    // LPA: PA[51:48] in 15:12, on every level.
    [InlineData("arm64-64k-va42", 1, 0x0000_0000_1234_0000, 0x00e8_0000_1234_0f03, 0x00e0_0000_1234_0f83)]
    [InlineData("arm64-64k-va48", 2, 0x000a_bcde_f012_0000, 0x00e8_bcde_f012_af03, 0x00e0_bcde_f012_af83)]
    [InlineData("arm64-64k-va52", 2, 0x000a_bcde_f012_0000, 0x00e8_bcde_f012_af03, 0x00e0_bcde_f012_af83)]
    [InlineData("arm64-64k-va52", 1, 0x000a_bcde_e000_0000, 0x00e8_bcde_e000_af01, 0x00e0_bcde_e000_af81)]
    [InlineData("arm64-64k-va52", 0, 0x000a_bc00_0000_0000, 0x00e8_bc00_0000_af01, 0x00e0_bc00_0000_af81)]

    // LPA2: PA[51:50] in 9:8, where the others have shareability.
    [InlineData("arm64-4k-va52", 4, 0x0000_0000_0000_0000, 0x00e8_0000_0000_0c03, 0x00e0_0000_0000_0c83)]
    [InlineData("arm64-4k-va52", 4, 0x000a_bcde_f012_3000, 0x00ea_bcde_f012_3e03, 0x00e2_bcde_f012_3e83)]
    [InlineData("arm64-4k-va52", 3, 0x000a_bcde_f000_0000, 0x00ea_bcde_f000_0e01, 0x00e2_bcde_f000_0e81)]
    [InlineData("arm64-16k-va52", 3, 0x000a_bcde_f012_4000, 0x00ea_bcde_f012_4e03, 0x00e2_bcde_f012_4e83)]
    [InlineData("riscv64-sv39", 2, 0x0000_0000_1234_5000, 0x0000_0000_048d_14e7, 0x0000_0000_048d_14e3)]
    [InlineData("riscv64-sv48", 3, 0x00ff_ffff_ffff_f000, 0x003f_ffff_ffff_fce7, 0x003f_ffff_ffff_fce3)]
    [InlineData("riscv64-sv57", 3, 0x0000_0000_1220_0000, 0x0000_0000_0488_00e7, 0x0000_0000_0488_00e3)]
    public void Leaf_IsTheKernels(string name, int level, ulong physicalAddress, ulong writable, ulong readOnly)
    {
        Maker maker = Maker.Of(name);
        Assert.Equal(writable.ToString("x16"), maker.Leaf(level, physicalAddress, true).ToString("x16"));
        Assert.Equal(readOnly.ToString("x16"), maker.Leaf(level, physicalAddress, false).ToString("x16"));
    }

    [Theory]
    [InlineData("x86-64", 0x0000_0000_1234_5000, 0x0000_0000_1234_5063)]
    [InlineData("x86-64-la57", 0x000f_ffff_ffff_f000, 0x000f_ffff_ffff_f063)]
    [InlineData("arm64-4k-va39", 0x0000_0000_1234_5000, 0x0000_0000_1234_5003)]
    [InlineData("arm64-4k-va52", 0x000a_bcde_f012_3000, 0x0002_bcde_f012_3203)]
    [InlineData("arm64-16k-va48", 0x0000_ffff_ffff_c000, 0x0000_ffff_ffff_c003)]
    [InlineData("arm64-16k-va52", 0x000a_bcde_f012_4000, 0x0002_bcde_f012_4203)]
    [InlineData("arm64-64k-va48", 0x000a_bcde_f012_0000, 0x0000_bcde_f012_a003)]
    [InlineData("riscv64-sv39", 0x0000_0000_1234_5000, 0x0000_0000_048d_1401)]
    [InlineData("riscv64-sv57", 0x00ff_ffff_ffff_f000, 0x003f_ffff_ffff_fc01)]
    public void Table_IsTheKernels(string name, ulong tableAddress, ulong entry) =>
        Assert.Equal(entry.ToString("x16"), Maker.Of(name).Table(tableAddress).ToString("x16"));
}
