namespace Vmemmap.SyntheticImages;

/// <summary>RISC-V Privileged Architecture, Sv39 to Sv57; Linux arch/riscv: pgtable-64.h, sparsemem.h, mm/hugetlbpage.c.</summary>
internal static class RiscV64Geometry
{
    private static readonly ulong[] Sizes = [64UL << 10, 1UL << 30, 2UL << 20];
    private static readonly TableLevel Giga = new(30, 9, Block: true);
    private static readonly TableLevel Mega = new(21, 9, Block: true);
    private static readonly TableLevel Page = new(12, 9, Block: true);

    internal static IEnumerable<MachineGeometry> All { get; } =
    [
        new("riscv64-sv39", CpuFamily.RiscV64, 12, 39, [Giga, Mega, Page], Sizes, 27, 56, MapsVmemmapByBlocks: true),
        new("riscv64-sv48", CpuFamily.RiscV64, 12, 48, [new(39, 9), Giga, Mega, Page], Sizes, 27, 56, MapsVmemmapByBlocks: true),
        new("riscv64-sv57", CpuFamily.RiscV64, 12, 57, [new(48, 9), new(39, 9), Giga, Mega, Page],
            Sizes, 27, 56, MapsVmemmapByBlocks: true),
    ];
}
