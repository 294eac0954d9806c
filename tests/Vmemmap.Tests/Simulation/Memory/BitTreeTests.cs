using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Memory;

/// <summary>The hierarchical bitmap against a sorted set.</summary>
public class BitTreeTests
{
    // Around the borders of words, of words of words, of chunks, and of 2^28.
    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(4097)]
    [InlineData(300_000)]
    [InlineData(1L << 28)]
    [InlineData((1L << 30) + 1)]
    public void Operations_AgreeWithASortedSet(long length) => RandomSteps.Hold(30, 200, steps =>
    {
        BitTree tree = new(length);
        SortedSet<long> set = [];
        foreach ((int kind, int a, int b) in steps)
        {
            long index = Index(a, b, length);
            if (kind % 3 == 0 && set.Count > 0)
            {
                index = set.ElementAt(a % set.Count);
                tree.Clear(index);
                set.Remove(index);
            }
            else if (kind % 3 == 1)
            {
                tree.Clear(index);
                set.Remove(index);
            }
            else
            {
                tree.Set(index);
                set.Add(index);
            }

            long from = Index(b, a, length);
            Assert.Equal(set.Count, tree.Count);
            Assert.Equal(set.Contains(index), tree.Contains(index));
            Assert.Equal(set.Contains(from), tree.Contains(from));
            Assert.Equal(set.Count == 0 ? -1 : set.Min, tree.FindFirst(0));
            Assert.Equal(set.GetViewBetween(from, long.MaxValue).FirstOrDefault(-1), tree.FindFirst(from));
            Assert.Equal(set.GetViewBetween(index, long.MaxValue).FirstOrDefault(-1), tree.FindFirst(index));
        }
    });

    [Fact]
    public void IndexesOutside_AreRefused_AndNothingIsBehindTheEnd()
    {
        BitTree tree = new(100);
        tree.Set(99);
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Set(100));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Clear(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Contains(100));
        Assert.Equal(-1, tree.FindFirst(100));
        Assert.Equal(-1, new BitTree(0).FindFirst(0));
    }

    // Many small numbers, many close to a power of 64, and some anywhere.
    private static long Index(int a, int b, long length) => (b % 4) switch
    {
        0 => a % Math.Min(length, 200),
        1 => Math.Clamp((1L << 6 * (a % 6)) - 2 + (b % 5), 0, length - 1),
        2 => length - 1 - (a % Math.Min(length, 70)),
        _ => ((long)a << 10 | (long)b & 1023) % length,
    };
}
