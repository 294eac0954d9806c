using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Memory;

/// <summary>Single cases of the free blocks of a zone, counted by hand.</summary>
public class BuddyAllocatorTests
{
    private const ulong FramesOf1T = 1UL << 28;

    [Fact]
    public void FreeRange_IsTheLargestAlignedBlocks()
    {
        BuddyAllocator zone = new(0, 64, 4);
        zone.FreeRange(3, 42);

        // 3, 4-7, 8-15, 16-31, 32-39, 40-43, 44
        Assert.Equal([2, 0, 2, 2, 1], zone.FreeByOrder());
        Assert.Equal(42UL, zone.FreePages);
    }

    [Fact]
    public void TryAllocate_TakesTheSmallestThatSufficesAndGivesTheUpperHalvesBack()
    {
        BuddyAllocator zone = new(0, 64, 4);
        zone.FreeRange(16, 16);
        zone.FreeRange(40, 8);

        Assert.True(zone.TryAllocate(1, out ulong pfn));
        Assert.Equal(40UL, pfn);
        Assert.Equal([0, 1, 1, 0, 1], zone.FreeByOrder());

        zone.Free(40, 1);
        Assert.Equal([0, 0, 0, 1, 1], zone.FreeByOrder());
    }

    [Fact]
    public void TryAllocateContiguous_GoesOverBlocksAndPassesHoles()
    {
        BuddyAllocator zone = new(0, 128, 3);
        zone.FreeRange(5, 20);
        zone.FreeRange(30, 70);

        Assert.True(zone.TryAllocateContiguous(32, 32, out ulong pfn));
        Assert.Equal(32UL, pfn);
        Assert.False(zone.TryAllocateContiguous(37, 1, out _));
        Assert.True(zone.TryAllocateContiguous(20, 1, out pfn));
        Assert.Equal(5UL, pfn);
        Assert.False(zone.TryAllocateContiguous(1, 1UL << 63, out _));
        Assert.True(zone.TryAllocateContiguous(36, 64, out pfn));
        Assert.Equal(64UL, pfn);
        Assert.Equal([0, 1, 0, 0], zone.FreeByOrder());
    }

    [Theory]
    [InlineData(9, 0, "PFN 0x9 as a block of order 0", "order 3 at PFN 0x8")]
    [InlineData(0, 4, "PFN 0x0 as a block of order 4", "order 3 at PFN 0x8")]
    [InlineData(18, 2, "PFN 0x12 as a block of order 2", "no multiple of 4")]
    [InlineData(64, 0, "PFN 0x40 as a block of order 0", "PFN 0x0 to 0x40")]
    public void Free_OfWhatIsNotInUse_NamesThePfnTheOrderAndTheReason(ulong pfn, int order, string what, string why)
    {
        BuddyAllocator zone = new(0, 64, 4);
        zone.FreeRange(8, 8);

        string message = Assert.Throws<InconsistentMachineException>(() => zone.Free(pfn, order)).Message;
        Assert.Contains(what, message, StringComparison.Ordinal);
        Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.Equal([0, 0, 0, 1, 0], zone.FreeByOrder());
    }

    [Theory]
    [InlineData(60, ulong.MaxValue)]
    [InlineData(ulong.MaxValue, 2)]
    [InlineData(63, 2)]
    public void RangesThatLeaveTheZone_AreNeverFree(ulong pfn, ulong count)
    {
        BuddyAllocator zone = new(0, 64, 4);
        Assert.Throws<InconsistentMachineException>(() => zone.FreeRange(pfn, count));
        zone.FreeRange(0, 64);
        Assert.False(zone.IsRangeFree(pfn, count));
        Assert.False(zone.TryAllocateRange(pfn, count));
        Assert.Equal([0, 0, 0, 0, 4], zone.FreeByOrder());
    }

    [Fact]
    public void ValuesBeyondTheirLimits_AreNamed()
    {
        BuddyAllocator zone = new(0, 64, 4);
        Assert.Throws<ArgumentOutOfRangeException>("order", () => zone.TryAllocate(5, out _));
        Assert.Throws<ArgumentOutOfRangeException>("order", () => zone.Free(0, -1));
        Assert.Throws<ArgumentOutOfRangeException>("order", () => zone.FreeBlocks(5));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => zone.TryAllocateContiguous(0, 1, out _));
        Assert.Throws<ArgumentOutOfRangeException>("alignment", () => zone.TryAllocateContiguous(1, 3, out _));
        Assert.Throws<ArgumentOutOfRangeException>("alignment", () => zone.TryAllocateContiguous(1, 0, out _));
        Assert.Throws<ArgumentOutOfRangeException>("maxOrder", () => new BuddyAllocator(0, 64, 31));
        Assert.Throws<ArgumentOutOfRangeException>("endPfn", () => new BuddyAllocator(64, 63, 10));
        Assert.Throws<ArgumentOutOfRangeException>("endPfn", () => new BuddyAllocator(0, (1UL << 36) + 1, 10));
        Assert.Equal(0UL, new BuddyAllocator(64, 64, 10).FreePages);
    }

    [Fact]
    public void AZoneOf1T_CostsLittleUntilItsBlocksAreSplit()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        BuddyAllocator zone = new(0, FramesOf1T, 10);
        zone.FreeRange(0, FramesOf1T);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 4 << 20);

        // 2^28 pages are 2^18 blocks of 2^10; one page taken leaves one block of every smaller order.
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 262144], zone.FreeByOrder());
        Assert.True(zone.TryAllocate(0, out ulong first));
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 262143], zone.FreeByOrder());

        // Page 0 is taken, so the first gigabyte that is whole is the second one.
        Assert.True(zone.TryAllocateContiguous(1 << 18, 1 << 18, out ulong gigantic));
        Assert.Equal(1UL << 18, gigantic);
        Assert.True(zone.TryAllocateRange(FramesOf1T - 1, 1));
        Assert.Equal([2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 262144 - 256 - 2], zone.FreeByOrder());

        zone.Free(FramesOf1T - 1, 0);
        zone.FreeRange(gigantic, 1 << 18);
        zone.Free(first, 0);
        Assert.Equal(262144, zone.FreeBlocks(10));
        Assert.Equal(FramesOf1T, zone.FreePages);
    }

    [Fact]
    public void EveryPageOfAGigabyte_AllocatedInOrderOfAddressAndFreedShuffled_IsWholeAgain()
    {
        const int Pages = 1 << 18;
        BuddyAllocator zone = new(0, Pages, 10);
        zone.FreeRange(0, Pages);
        for (ulong expected = 0; expected < Pages; expected++)
        {
            Assert.True(zone.TryAllocate(0, out ulong pfn));
            Assert.Equal(expected, pfn);
        }

        Assert.False(zone.TryAllocate(0, out _));
        ulong[] pages = new ulong[Pages];
        for (int i = 0; i < Pages; i++)
        {
            pages[i] = (ulong)i;
        }

        new Random(7).Shuffle(pages);
        foreach (ulong page in pages)
        {
            zone.Free(page, 0);
        }

        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 256], zone.FreeByOrder());
    }
}
