namespace Vmemmap.SyntheticImages;

/// <summary>Intel SDM vol. 3, chapter 5; Linux arch/x86/include/asm/pgtable_64_types.h and sparsemem.h. 1G is registered first.</summary>
internal static class X64Geometry
{
    internal static IEnumerable<MachineGeometry> All { get; } =
    [
        new("x86-64", CpuFamily.X64, 12, 48,
            [new(39, 9), new(30, 9, Block: true), new(21, 9, Block: true), new(12, 9, Block: true)],
            [1UL << 30, 2UL << 20], SectionShift: 27, MaxPhysicalBits: 46, MapsVmemmapByBlocks: true),

        new("x86-64-la57", CpuFamily.X64, 12, 57,
            [new(48, 9), new(39, 9), new(30, 9, Block: true), new(21, 9, Block: true), new(12, 9, Block: true)],
            [1UL << 30, 2UL << 20], SectionShift: 27, MaxPhysicalBits: 52, MapsVmemmapByBlocks: true),
    ];
}
