using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Memory;

/// <summary>Random operations against one flag for each page.</summary>
public class BuddyAllocatorPropertyTests
{
    // Zones that begin and end off the alignment of the largest block, below it, above it, at 0 and far up.
    [Theory]
    [InlineData(0, 256, 4)]
    [InlineData(3, 250, 5)]
    [InlineData(37, 101, 6)]
    [InlineData(130, 190, 10)]
    [InlineData(0x3_ffff_fff9, 0x4_0000_0063, 3)]
    [InlineData(64, 128, 0)]
    public void Operations_AgreeWithOneFlagForEachPage(ulong first, ulong end, int maxOrder) => RandomSteps.Hold(60, 80, steps =>
    {
        PageModel model = new(first, end, maxOrder);
        BuddyAllocator zone = new(first, end, maxOrder);
        foreach ((int kind, int a, int b) in steps)
        {
            Step(zone, model, kind, a, b, maxOrder);
            Check(zone, model, maxOrder);
        }
    });

    private static void Step(BuddyAllocator zone, PageModel model, int kind, int a, int b, int maxOrder)
    {
        ulong span = model.End - model.First;
        ulong pfn = model.First + ((ulong)a % span);
        int order = b % (maxOrder + 1);
        switch (kind % 6)
        {
            case 0:
                ulong? best = model.Best(order);
                Assert.Equal(best is not null, zone.TryAllocate(order, out ulong allocated));
                Assert.Equal(best ?? 0, allocated);
                model.Set(false, allocated, best is null ? 0 : 1UL << order);
                break;

            case 1:
                FreeBlock(zone, model, pfn & ~((1UL << order) - 1), order);
                break;

            case 2:
                FreeRange(zone, model, pfn, (ulong)b % (span / 2));
                break;

            case 3:
                ulong count = (ulong)b % (span / 2);
                bool all = model.AllAre(true, pfn, count);
                Assert.Equal(all, zone.IsRangeFree(pfn, count));
                Assert.Equal(all, zone.TryAllocateRange(pfn, count));
                model.Set(false, pfn, all ? count : 0);
                break;

            case 4:
                ulong wanted = 1 + ((ulong)a % (span / 2));
                ulong alignment = 1UL << b % 7;
                ulong? lowest = model.Contiguous(wanted, alignment);
                Assert.Equal(lowest is not null, zone.TryAllocateContiguous(wanted, alignment, out ulong start));
                Assert.Equal(lowest ?? 0, start);
                model.Set(false, start, lowest is null ? 0 : wanted);
                break;

            default:
                // All pages in use are freed, one by one: the zone is whole again.
                for (ulong page = model.First; b % 4 == 0 && page < model.End; page++)
                {
                    FreeBlock(zone, model, page, 0);
                }

                break;
        }
    }

    private static void FreeBlock(BuddyAllocator zone, PageModel model, ulong pfn, int order)
    {
        if (model.AllAre(false, pfn, 1UL << order))
        {
            zone.Free(pfn, order);
            model.Set(true, pfn, 1UL << order);
        }
        else
        {
            Assert.Throws<InconsistentMachineException>(() => zone.Free(pfn, order));
        }
    }

    private static void FreeRange(BuddyAllocator zone, PageModel model, ulong pfn, ulong count)
    {
        if (model.AllAre(false, pfn, count))
        {
            zone.FreeRange(pfn, count);
            model.Set(true, pfn, count);
        }
        else
        {
            Assert.Throws<InconsistentMachineException>(() => zone.FreeRange(pfn, count));
        }
    }

    private static void Check(BuddyAllocator zone, PageModel model, int maxOrder)
    {
        SortedDictionary<ulong, int> blocks = model.Blocks();
        Assert.Equal(model.FreePages, zone.FreePages);
        long[] counts = [.. Enumerable.Range(0, maxOrder + 1).Select(order => blocks.LongCount(b => b.Value == order))];
        Assert.Equal(counts, zone.FreeByOrder());
        Assert.Equal(counts, Enumerable.Range(0, maxOrder + 1).Select(zone.FreeBlocks));

        HashSet<(ulong, int)> found = [];
        for (ulong page = model.First - Math.Min(model.First, 2); page < model.End + 2; page++)
        {
            bool free = model.IsFree(page);
            Assert.Equal(free, zone.IsFree(page));
            Assert.Equal(free, zone.TryBlockOf(page, out ulong block, out int order));
            if (free)
            {
                Assert.Equal(order, blocks[block]);
                Assert.InRange(page, block, block + (1UL << order) - 1);
                found.Add((block, order));
            }
        }

        // Directly: no two buddies are both free blocks of one order below the largest.
        Assert.DoesNotContain(found, b => b.Item2 < maxOrder && found.Contains((b.Item1 ^ 1UL << b.Item2, b.Item2)));
    }
}
