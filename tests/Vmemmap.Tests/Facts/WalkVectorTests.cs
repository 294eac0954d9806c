using Vmemmap.Tests.Formats;
using Vmemmap.Tests.Manuals;
using Vmemmap.Tests.Memory;

namespace Vmemmap.Tests.Facts;

/// <summary>
/// The struct page of physical address 0x4a6e00000 with 64-byte struct pages, in the vmemmap of each kernel variant: x86-64 and arm64
/// of v6.9 on (RAM at 0x80000000), riscv64 of v6.12. The indices are worked out from the kernel's layout, not from the tables.
/// </summary>
public class WalkVectorTests
{
    public static readonly TheoryData<string, ulong, int[], ulong> Vectors = new()
    {
        { "x86-64", 0xffff_ea00_129b_8000, [468, 0, 148, 440], 0 },
        { "x86-64-la57", 0xffd4_0000_129b_8000, [468, 0, 0, 148, 440], 0 },
        { "arm64-4k-va39", 0xffff_fffe_d09b_8000, [507, 132, 440], 0 },
        { "arm64-4k-va48", 0xffff_fdff_d09b_8000, [507, 511, 132, 440], 0 },
        { "arm64-4k-va52", 0xffff_c1ff_d09b_8000, [15, 387, 511, 132, 440], 0 },
        { "arm64-16k-va36", 0xffff_ffff_bc26_e000, [2014, 155], 0x2000 },
        { "arm64-16k-va47", 0xffff_ffbf_c426_e000, [2043, 2018, 155], 0x2000 },
        { "arm64-16k-va48", 0xffff_ff7f_c426_e000, [1, 2039, 2018, 155], 0x2000 },
        { "arm64-16k-va52", 0xffff_f03f_c426_e000, [31, 1795, 2018, 155], 0x2000 },
        { "arm64-64k-va42", 0xffff_ffff_4109_b800, [8186, 265], 0xb800 },
        { "arm64-64k-va48", 0xffff_ffdf_c109_b800, [63, 7934, 265], 0xb800 },
        { "arm64-64k-va52", 0xffff_fc1f_c109_b800, [1023, 254, 265], 0xb800 },
        { "riscv64-sv39", 0xffff_ffc5_109b_8000, [276, 132, 440], 0 },
        { "riscv64-sv48", 0xffff_8d80_109b_8000, [283, 0, 132, 440], 0 },
        { "riscv64-sv57", 0xff1c_0000_109b_8000, [284, 0, 0, 132, 440], 0 },
    };

    // A 64K kernel built for 52 bits on a CPU that has 48: TTBR1 points 0x1e00 into swapper_pg_dir, at its last 64 entries. The same
    // entry is found from there with 48 bits and from swapper_pg_dir with 52.
    [Fact]
    public void RootOfA52BitKernel_IsEnteredInItsMiddle_On48Bits()
    {
        const ulong SwapperPgDir = 0x4000_0000;
        const ulong Address = 0xffff_ffdf_c109_b800;
        Manual manual = AllManuals.Of("arm64-64k-va52");
        TestMemory memory = new();
        memory[SwapperPgDir + 0x1e00 + (63 * 8)] = manual.Table(0x5000_0000);
        memory[0x5000_0000 + (7934 * 8)] = manual.Table(0x6000_0000);
        memory[0x6000_0000 + (265 * 8)] = manual.Leaf(2, 0x8_7654_0000);
        Outcome expected = Format.Of(Loaded.Generated("arm64-64k-va48")).Translate(memory, SwapperPgDir + 0x1e00, Address);
        Assert.Equal((TranslationFault.None, 0x8_7654_b800UL), (expected.Fault, expected.PhysicalAddress));
        Assert.Equal(expected, Format.Of(Loaded.Generated("arm64-64k-va52")).Translate(memory, SwapperPgDir, Address));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Walk_TakesTheIndices(string name, ulong address, int[] indices, ulong offset)
    {
        // Nothing but the entries at these indices is there, so a walk that takes another index finds nothing.
        const ulong Root = 0x4000_0000;
        const ulong TableStride = 0x10_0000;
        const ulong Frame = 0x8_7654_0000;
        Manual manual = AllManuals.Of(name);
        TestMemory memory = new();
        ulong table = Root;
        ulong leafAddress = 0;
        for (int level = 0; level < indices.Length; level++)
        {
            leafAddress = table + ((ulong)indices[level] * 8);
            table += TableStride;
            memory[leafAddress] = level == indices.Length - 1 ? manual.Leaf(level, Frame) : manual.Table(table);
        }

        ulong pageSize = 1UL << manual.PageShift;
        Outcome expected = new(
            TranslationFault.None, indices.Length - 1, leafAddress, memory[leafAddress], Frame + offset, pageSize, IsWritable: true);
        foreach (Format format in (Format[])[Format.Of(Loaded.Generated(name)), Format.Of(Loaded.Walker(name))])
        {
            Assert.Equal(expected, format.Translate(memory, Root, address));
            Assert.Equal(indices, Enumerable.Range(0, format.Members.LevelCount)
                .Select(l => (int)(address >> format.Members.LevelShift(l) & ((1UL << format.Members.LevelIndexBits(l)) - 1))));
        }
    }
}
