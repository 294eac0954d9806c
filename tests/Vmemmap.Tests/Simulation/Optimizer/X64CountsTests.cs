using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Optimizer;

/// <summary>What x86-64's 2M and 1G pages cost in events, worked out by hand, with three CPUs.</summary>
public class X64CountsTests
{
    // Optimizing: a new table has 512 entries, and one entry takes it in; then the entries of the folio that change: all 8 where the head
    // moves, 7 where it stays, 6 where two stay. Flushed: the split, and the folio. The second folio lies in the same block.
    [Theory]
    [InlineData("reserve-two-posted", 6, 1, 6, 6)]
    [InlineData("reserve-two", 513 + 6, 2, 6, 6)]
    [InlineData("reserve-one-kept-head", 513 + 7, 2, 7, 7)]
    [InlineData("reserve-one", 513 + 8, 2, 8, 7)]
    [InlineData("shared-tail", 513 + 8, 2, 8, 7)]
    public void EntriesAndFlushesOf2M(string layout, long entries, long flushes, long entriesOfSecond, long entriesOfRestore) =>
        OnArchitecture.Run("x86-64", layout, new EventCase("2M", entries, flushes, entriesOfSecond, entriesOfRestore));

    // 4096 pages of vmemmap: eight blocks.
    [Theory]
    [InlineData("reserve-two-posted", 4094, 1, 4094, 4094)]
    [InlineData("reserve-two", (8 * 513) + 4094, 9, (8 * 513) + 4094, 4094)]
    [InlineData("reserve-one-kept-head", (8 * 513) + 4095, 9, (8 * 513) + 4095, 4095)]
    [InlineData("reserve-one", (8 * 513) + 4096, 9, (8 * 513) + 4096, 4095)]
    [InlineData("shared-tail", (8 * 513) + 4096, 9, (8 * 513) + 4096, 4095)]
    public void EntriesAndFlushesOf1G(string layout, long entries, long flushes, long entriesOfSecond, long entriesOfRestore) =>
        OnArchitecture.Run("x86-64", layout, new EventCase("1G", entries, flushes, entriesOfSecond, entriesOfRestore));

    // Twenty huge pages of 2M in one block: one split, one flush for it, one flush for all remaps; and one for the restores.
    [Theory]
    [InlineData("reserve-one", 1)]
    [InlineData("shared-tail", 0)]
    public void ABatchOfTwenty_FlushesTwiceAndOnce(string layout, long gracePeriods) =>
        OnArchitecture.Run("x86-64", layout, new BatchEventCase(20, gracePeriods));

    private sealed class EventCase(string size, long entries, long flushes, long entriesOfSecond, long entriesOfRestore) : IMachineTest
    {
        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            Hstate hstate = OptimizerRig<TArch, TLayout>.HstateOf(size);
            OptimizerRig<TArch, TLayout> rig = OptimizerRig<TArch, TLayout>.OfSize(OptimizerRig<TArch, TLayout>.RoomFor(hstate));
            rig.TakeFirst(hstate, 2);
            bool waits = typeof(TLayout) == typeof(ReserveOne);

            OperationCounters counted = Count(rig, () => Assert.True(rig.TryOptimize(rig.Pages[0])));
            Assert.Equal(entries, counted.PteWrites);
            Assert.Equal(flushes, counted.TlbFlushes);
            Assert.Equal(2 * flushes, counted.Ipis);
            Assert.Equal(waits ? 1 : 0, counted.RcuSynchronizations);
            Assert.Equal(flushes - 1, counted.BlockSplits);
            Assert.Equal(waits || typeof(TLayout) == typeof(SharedTail) ? 4096 : 0, counted.BytesCopied);

            counted = Count(rig, () => Assert.True(rig.TryOptimize(rig.Pages[1])));
            Assert.Equal(entriesOfSecond, counted.PteWrites);

            counted = Count(rig, () => Assert.True(rig.TryRestore(rig.Pages[0])));
            Assert.Equal(entriesOfRestore, counted.PteWrites);
            Assert.Equal(1, counted.TlbFlushes);
            Assert.Equal(waits ? 1 : 0, counted.RcuSynchronizations);
            Assert.Equal(LayoutCases.Freed<TLayout>("x86-64", size), counted.FramesTaken);
            rig.Check();
        }
    }

    private sealed class BatchEventCase(int pages, long gracePeriods) : IMachineTest
    {
        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            OptimizerRig<TArch, TLayout> rig = OptimizerRig<TArch, TLayout>.OfSize(1UL << 28);
            rig.TakeFirst(OptimizerRig<TArch, TLayout>.HstateOf("2M"), pages);

            OperationCounters counted = Count(rig, () => rig.OptimizeBatch(rig.Pages));
            Assert.Equal(513 + (8 * pages), counted.PteWrites);
            Assert.Equal(2, counted.TlbFlushes);
            Assert.Equal(4, counted.Ipis);
            Assert.Equal(1, counted.BlockSplits);
            Assert.Equal(gracePeriods, counted.RcuSynchronizations);
            Assert.Equal(8 * pages, counted.FramesReturned);

            counted = Count(rig, () => Assert.Equal(pages, rig.RestoreBatch(rig.Pages)));
            Assert.Equal(7 * pages, counted.PteWrites);
            Assert.Equal(1, counted.TlbFlushes);
            Assert.Equal(gracePeriods, counted.RcuSynchronizations);
            Assert.Equal(7 * pages, counted.FramesTaken);
            rig.Check();
        }
    }

    private static OperationCounters Count<TArch, TLayout>(OptimizerRig<TArch, TLayout> rig, Action operation)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        OperationCounters before = rig.Machine.Count();
        operation();
        return rig.Machine.Count().Since(in before);
    }
}
