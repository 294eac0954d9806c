namespace Vmemmap.SyntheticImages;

/// <summary>
/// Arm ARM DDI 0487, D8.2; Linux arch/arm64/include/asm/pgtable-hwdef.h, sparsemem.h, Kconfig (ARM64_CONT_*_SHIFT) and
/// mm/hugetlbpage.c (sizes and their order). Only 4K kernels map vmemmap by blocks.
/// </summary>
internal static class Arm64Geometry
{
    private const ulong M = 1UL << 20;
    private const ulong G = 1UL << 30;

    private static readonly ulong[] Sizes4K = [1 * G, 32 * M, 2 * M, 64UL << 10];
    private static readonly ulong[] Sizes16K = [1 * G, 32 * M, 2 * M];
    private static readonly ulong[] Sizes64K = [16 * G, 512 * M, 2 * M];

    private static readonly TableLevel Pud4K = new(30, 9, Block: true);
    private static readonly TableLevel Pmd4K = new(21, 9, Block: true, Group: 16);
    private static readonly TableLevel Pte4K = new(12, 9, Block: true, Group: 16);
    private static readonly TableLevel Pmd16K = new(25, 11, Block: true, Group: 32);
    private static readonly TableLevel Pte16K = new(14, 11, Block: true, Group: 128);
    private static readonly TableLevel Pmd64K = new(29, 13, Block: true, Group: 32);
    private static readonly TableLevel Pte64K = new(16, 13, Block: true, Group: 32);

    internal static IEnumerable<MachineGeometry> All { get; } =
    [
        With4K("arm64-4k-va39", 39, [Pud4K, Pmd4K, Pte4K]),
        With4K("arm64-4k-va48", 48, [new(39, 9), Pud4K, Pmd4K, Pte4K]),
        With4K("arm64-4k-va52", 52, [new(48, 4), new(39, 9), Pud4K, Pmd4K, Pte4K]),
        With16K("arm64-16k-va36", 36, [Pmd16K, Pte16K]),
        With16K("arm64-16k-va47", 47, [new(36, 11), Pmd16K, Pte16K]),
        With16K("arm64-16k-va48", 48, [new(47, 1), new(36, 11), Pmd16K, Pte16K]),
        With16K("arm64-16k-va52", 52, [new(47, 5), new(36, 11), Pmd16K, Pte16K]),
        With64K("arm64-64k-va42", 42, [Pmd64K, Pte64K]),
        With64K("arm64-64k-va48", 48, [new(42, 6), Pmd64K, Pte64K]),
        With64K("arm64-64k-va52", 52, [new(42, 10), Pmd64K, Pte64K]),
    ];

    private static MachineGeometry With4K(string name, int bits, TableLevel[] levels) =>
        new(name, CpuFamily.Arm64, 12, bits, levels, Sizes4K, 27, bits == 52 ? 52 : 48, MapsVmemmapByBlocks: true, Lpa2: bits == 52);

    private static MachineGeometry With16K(string name, int bits, TableLevel[] levels) =>
        new(name, CpuFamily.Arm64, 14, bits, levels, Sizes16K, 27, bits == 52 ? 52 : 48, MapsVmemmapByBlocks: false, Lpa2: bits == 52);

    private static MachineGeometry With64K(string name, int bits, TableLevel[] levels) =>
        new(name, CpuFamily.Arm64, 16, bits, levels, Sizes64K, 29, bits == 52 ? 52 : 48, MapsVmemmapByBlocks: false);
}
