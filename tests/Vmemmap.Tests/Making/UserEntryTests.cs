namespace Vmemmap.Tests.Making;

/// <summary>
/// Entries of a process bit by bit, put together by hand from the manuals and Linux 6.12's headers; software flags of x86 are left out.
/// x86-64 (pgtable_types.h): P 0, RW 1, US 2, A 5, D 6, PS 7, NX 63. arm64 (pgtable-prot.h): 0x00e8000000000f43 and 0x0060000000000fc3,
/// c43 and cc3 with LPA2, contiguous 52; kernel logs of faults at user addresses show pte=00e8000...f43 below pmd=0800000...003. riscv64
/// (pgtable.h): V 0, R 1, W 2, U 4, A 6, D 7, N 63 with 1000 in the lowest bits of the frame.
/// </summary>
public class UserEntryTests
{
    [Theory]
    [InlineData("x86-64", 3, 0x0000_0000_1234_5000, 0x8000_0000_1234_5067, 0x8000_0000_1234_5025)]
    [InlineData("x86-64", 3, 0x000f_ffff_ffff_f000, 0x800f_ffff_ffff_f067, 0x800f_ffff_ffff_f025)]
    [InlineData("x86-64", 2, 0x0000_0000_1220_0000, 0x8000_0000_1220_00e7, 0x8000_0000_1220_00a5)]
    [InlineData("x86-64", 1, 0x0000_0001_4000_0000, 0x8000_0001_4000_00e7, 0x8000_0001_4000_00a5)]
    [InlineData("x86-64-la57", 4, 0x0000_0000_1234_5000, 0x8000_0000_1234_5067, 0x8000_0000_1234_5025)]
    [InlineData("x86-64-la57", 3, 0x0000_0000_1220_0000, 0x8000_0000_1220_00e7, 0x8000_0000_1220_00a5)]
    [InlineData("x86-64-la57", 2, 0x0000_0001_4000_0000, 0x8000_0001_4000_00e7, 0x8000_0001_4000_00a5)]
    [InlineData("arm64-4k-va39", 2, 0x0000_0000_1234_5000, 0x00e8_0000_1234_5f43, 0x0060_0000_1234_5fc3)]
    [InlineData("arm64-4k-va39", 0, 0x0000_0001_4000_0000, 0x00e8_0001_4000_0f41, 0x0060_0001_4000_0fc1)]
    [InlineData("arm64-4k-va48", 3, 0x0000_0000_0b9b_a000, 0x00e8_0000_0b9b_af43, 0x0060_0000_0b9b_afc3)]
    [InlineData("arm64-4k-va48", 3, 0x0000_ffff_ffff_f000, 0x00e8_ffff_ffff_ff43, 0x0060_ffff_ffff_ffc3)]
    [InlineData("arm64-4k-va48", 2, 0x0000_0000_1220_0000, 0x00e8_0000_1220_0f41, 0x0060_0000_1220_0fc1)]
    [InlineData("arm64-16k-va36", 0, 0x0000_0000_1200_0000, 0x00e8_0000_1200_0f41, 0x0060_0000_1200_0fc1)]
    [InlineData("arm64-16k-va47", 2, 0x0000_0000_1234_4000, 0x00e8_0000_1234_4f43, 0x0060_0000_1234_4fc3)]
    [InlineData("arm64-16k-va48", 3, 0x0000_0000_1234_4000, 0x00e8_0000_1234_4f43, 0x0060_0000_1234_4fc3)]

    // LPA: PA[51:48] in 15:12.
    [InlineData("arm64-64k-va42", 1, 0x0000_0000_1234_0000, 0x00e8_0000_1234_0f43, 0x0060_0000_1234_0fc3)]
    [InlineData("arm64-64k-va48", 2, 0x000a_bcde_f012_0000, 0x00e8_bcde_f012_af43, 0x0060_bcde_f012_afc3)]
    [InlineData("arm64-64k-va52", 1, 0x000a_bcde_e000_0000, 0x00e8_bcde_e000_af41, 0x0060_bcde_e000_afc1)]

    // LPA2: PA[51:50] in 9:8, where the others have shareability.
    [InlineData("arm64-4k-va52", 4, 0x0000_0000_0000_0000, 0x00e8_0000_0000_0c43, 0x0060_0000_0000_0cc3)]
    [InlineData("arm64-4k-va52", 4, 0x000a_bcde_f012_3000, 0x00ea_bcde_f012_3e43, 0x0062_bcde_f012_3ec3)]
    [InlineData("arm64-16k-va52", 3, 0x000a_bcde_f012_4000, 0x00ea_bcde_f012_4e43, 0x0062_bcde_f012_4ec3)]
    [InlineData("riscv64-sv39", 2, 0x0000_0000_1234_5000, 0x0000_0000_048d_14d7, 0x0000_0000_048d_1453)]
    [InlineData("riscv64-sv48", 3, 0x00ff_ffff_ffff_f000, 0x003f_ffff_ffff_fcd7, 0x003f_ffff_ffff_fc53)]
    [InlineData("riscv64-sv57", 3, 0x0000_0000_1220_0000, 0x0000_0000_0488_00d7, 0x0000_0000_0488_0053)]
    public void Leaf_IsTheKernels(string name, int level, ulong physicalAddress, ulong writable, ulong readOnly) =>
        CheckLeaf(name, level, physicalAddress, writable, readOnly, isContiguous: false);

    // The third piece of a group, and for Svnapot its first and last: the same entry.
    [Theory]
    [InlineData("arm64-4k-va39", 2, 0x0000_0000_1234_2000, 0x00f8_0000_1234_2f43, 0x0070_0000_1234_2fc3)]
    [InlineData("arm64-4k-va48", 2, 0x0000_0000_1240_0000, 0x00f8_0000_1240_0f41, 0x0070_0000_1240_0fc1)]
    [InlineData("arm64-4k-va52", 4, 0x000a_bcde_f012_2000, 0x00fa_bcde_f012_2e43, 0x0072_bcde_f012_2ec3)]
    [InlineData("arm64-16k-va36", 0, 0x0000_0000_4400_0000, 0x00f8_0000_4400_0f41, 0x0070_0000_4400_0fc1)]
    [InlineData("arm64-16k-va47", 2, 0x0000_0000_1220_8000, 0x00f8_0000_1220_8f43, 0x0070_0000_1220_8fc3)]
    [InlineData("arm64-16k-va48", 2, 0x0000_0000_4400_0000, 0x00f8_0000_4400_0f41, 0x0070_0000_4400_0fc1)]
    [InlineData("arm64-16k-va52", 3, 0x000a_bcde_f020_8000, 0x00fa_bcde_f020_8e43, 0x0072_bcde_f020_8ec3)]
    [InlineData("arm64-64k-va42", 0, 0x0000_0004_4000_0000, 0x00f8_0004_4000_0f41, 0x0070_0004_4000_0fc1)]
    [InlineData("arm64-64k-va48", 2, 0x000a_bcde_f022_0000, 0x00f8_bcde_f022_af43, 0x0070_bcde_f022_afc3)]
    [InlineData("arm64-64k-va52", 1, 0x000a_bcdc_4000_0000, 0x00f8_bcdc_4000_af41, 0x0070_bcdc_4000_afc1)]
    [InlineData("riscv64-sv39", 2, 0x0000_0000_1234_0000, 0x8000_0000_048d_20d7, 0x8000_0000_048d_2053)]
    [InlineData("riscv64-sv39", 2, 0x0000_0000_1234_2000, 0x8000_0000_048d_20d7, 0x8000_0000_048d_2053)]
    [InlineData("riscv64-sv39", 2, 0x0000_0000_1234_f000, 0x8000_0000_048d_20d7, 0x8000_0000_048d_2053)]
    [InlineData("riscv64-sv48", 3, 0x00ff_ffff_ffff_2000, 0x803f_ffff_ffff_e0d7, 0x803f_ffff_ffff_e053)]
    [InlineData("riscv64-sv57", 4, 0x0000_0000_1234_2000, 0x8000_0000_048d_20d7, 0x8000_0000_048d_2053)]
    public void LeafOfAGroup_IsTheKernels(string name, int level, ulong physicalAddress, ulong writable, ulong readOnly) =>
        CheckLeaf(name, level, physicalAddress, writable, readOnly, isContiguous: true);

    // _PAGE_TABLE; PMD_TYPE_TABLE with PXNTable 59; V alone.
    [Theory]
    [InlineData("x86-64", 0x0000_0000_1234_5000, 0x0000_0000_1234_5067)]
    [InlineData("x86-64-la57", 0x000f_ffff_ffff_f000, 0x000f_ffff_ffff_f067)]
    [InlineData("arm64-4k-va39", 0x0000_0000_1234_5000, 0x0800_0000_1234_5003)]
    [InlineData("arm64-4k-va48", 0x0000_0000_0191_3000, 0x0800_0000_0191_3003)]
    [InlineData("arm64-4k-va52", 0x000a_bcde_f012_3000, 0x0802_bcde_f012_3203)]
    [InlineData("arm64-16k-va36", 0x0000_0000_1234_4000, 0x0800_0000_1234_4003)]
    [InlineData("arm64-16k-va47", 0x0000_0000_1234_4000, 0x0800_0000_1234_4003)]
    [InlineData("arm64-16k-va48", 0x0000_ffff_ffff_c000, 0x0800_ffff_ffff_c003)]
    [InlineData("arm64-16k-va52", 0x000a_bcde_f012_4000, 0x0802_bcde_f012_4203)]
    [InlineData("arm64-64k-va42", 0x0000_0000_1234_0000, 0x0800_0000_1234_0003)]
    [InlineData("arm64-64k-va48", 0x000a_bcde_f012_0000, 0x0800_bcde_f012_a003)]
    [InlineData("arm64-64k-va52", 0x000a_bcde_f012_0000, 0x0800_bcde_f012_a003)]
    [InlineData("riscv64-sv39", 0x0000_0000_1234_5000, 0x0000_0000_048d_1401)]
    [InlineData("riscv64-sv48", 0x0000_0000_1234_5000, 0x0000_0000_048d_1401)]
    [InlineData("riscv64-sv57", 0x00ff_ffff_ffff_f000, 0x003f_ffff_ffff_fc01)]
    public void Table_IsTheKernels(string name, ulong tableAddress, ulong entry) =>
        Assert.Equal(entry.ToString("x16"), Maker.Of(name).UserTable(tableAddress).ToString("x16"));

    [Theory]
    [InlineData("x86-64", 5, 6)]
    [InlineData("x86-64-la57", 5, 6)]
    [InlineData("arm64-4k-va39", 10, 55)]
    [InlineData("arm64-4k-va48", 10, 55)]
    [InlineData("arm64-4k-va52", 10, 55)]
    [InlineData("arm64-16k-va36", 10, 55)]
    [InlineData("arm64-16k-va47", 10, 55)]
    [InlineData("arm64-16k-va48", 10, 55)]
    [InlineData("arm64-16k-va52", 10, 55)]
    [InlineData("arm64-64k-va42", 10, 55)]
    [InlineData("arm64-64k-va48", 10, 55)]
    [InlineData("arm64-64k-va52", 10, 55)]
    [InlineData("riscv64-sv39", 6, 7)]
    [InlineData("riscv64-sv48", 6, 7)]
    [InlineData("riscv64-sv57", 6, 7)]
    public void AccessedAndDirty_AreTheManuals(string name, int accessed, int dirty) =>
        Assert.Equal((1UL << accessed, 1UL << dirty), (Maker.Of(name).AccessedMask, Maker.Of(name).DirtyMask));

    private static void CheckLeaf(string name, int level, ulong physicalAddress, ulong writable, ulong readOnly, bool isContiguous)
    {
        Maker maker = Maker.Of(name);
        Assert.Equal(writable.ToString("x16"), maker.UserLeaf(level, physicalAddress, true, isContiguous).ToString("x16"));
        Assert.Equal(readOnly.ToString("x16"), maker.UserLeaf(level, physicalAddress, false, isContiguous).ToString("x16"));
    }
}
