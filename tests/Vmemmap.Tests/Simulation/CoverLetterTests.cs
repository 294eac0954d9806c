using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation;

/// <summary>
/// The savings that the cover letters promise for 1 TiB of huge pages (12 GB of a TB for 2M as posted, 2 GB more from v5.18 on, 10 in the worst
/// case), from runs on a machine that has it. Expected figures: pages given back less tables made, by hand.
/// </summary>
public sealed class CoverLetterTests
{
    private const long Mebibyte = 1L << 20;
    private const long Gibibyte = 1L << 30;
    private const ulong MachineBytes = 1056UL << 30;
    private const int Sections = 8192;

    [Fact]
    public void FullOf2M_ReserveTwo() => Assert.Equal((12 * Gibibyte) - (32 * Mebibyte), Net<ReserveTwo>(X64.Huge2M.Value, 524288));

    [Fact]
    public void FullOf2M_ReserveOne() => Assert.Equal((14 * Gibibyte) - (32 * Mebibyte), Net<ReserveOne>(X64.Huge2M.Value, 524288));

    [Fact]
    public void FullOf2M_SharedTail() => Assert.Equal((14 * Gibibyte) - (32 * Mebibyte) - 4096, Net<SharedTail>(X64.Huge2M.Value, 524288));

    [Fact]
    public void FullOf1G_ReserveTwo() => Assert.Equal(17171480576 - (32 * Mebibyte), Net<ReserveTwo>(X64.Huge1G.Value, 1024));

    [Fact]
    public void FullOf1G_ReserveOne() => Assert.Equal(17175674880 - (32 * Mebibyte), Net<ReserveOne>(X64.Huge1G.Value, 1024));

    [Fact]
    public void FullOf1G_SharedTail() => Assert.Equal(17175674880 - (32 * Mebibyte) - 4096, Net<SharedTail>(X64.Huge1G.Value, 1024));

    [Fact]
    public void OnePageOf2MForEachBlock_ReserveTwo() => Assert.Equal(160 * Mebibyte, Net<ReserveTwo>(X64.Huge2M.Value, Sections, spread: true));

    [Fact]
    public void OnePageOf2MForEachBlock_ReserveOne() => Assert.Equal(192 * Mebibyte, Net<ReserveOne>(X64.Huge2M.Value, Sections, spread: true));

    private static long Net<TLayout>(Hstate hstate, long count, bool spread = false)
        where TLayout : struct, IVmemmapLayout
    {
        var machine = new Machine<X64>(MachineOptions.OfSize(MachineBytes));
        Occupy(machine, spread);

        var pool = new HugetlbPool<X64, TLayout>(new VmemmapRemapper<X64>(machine), new HugetlbOptions { OptimizeVmemmap = true });
        long before = Memmap(machine);
        Assert.Equal(count, pool.SetHugePages(hstate, count));
        Assert.Equal(count, pool.OptimizedPages(hstate));
        Assert.Equal(0, machine.Violations.Count);
        return (before - Memmap(machine)) * 4096;
    }

    // What struct pages cost: frames of vmemmap, its tables, and the tail pages that are shared.
    private static long Memmap(Machine<X64> machine) =>
        machine.Books[FrameUse.Vmemmap] + machine.Books[FrameUse.PageTable] + machine.Books[FrameUse.SharedTail];

    // Leaves 1 TiB free from 4 GiB on, or one 2M page in each of its sections; and what is below 4 GiB, for heads and tables.
    private static void Occupy(Machine<X64> machine, bool spread)
    {
        const ulong SectionPages = 32768;
        const ulong HugePages = 512;
        const ulong First = (4UL << 30) >> 12;
        for (ulong section = 0; spread && section < Sections; section++)
        {
            Assert.True(machine.PageAllocator.TryTake(First + (section * SectionPages) + HugePages, SectionPages - HugePages, FrameUse.Other));
        }

        ulong pfn = First + (Sections * SectionPages);
        for (ulong count = SectionPages; count > 0; count /= 2)
        {
            while (machine.PageAllocator.TryTake(pfn, count, FrameUse.Other))
            {
                pfn += count;
            }
        }
    }
}
