using Vmemmap.HighGranularity;

namespace Vmemmap.Tests.Simulation.HighGranularity.Postcopy;

/// <summary>The order in which arrived pieces are mapped, which accesses a guest makes, and the figures of waits.</summary>
public sealed class ArrivalTests
{
    [Fact]
    public void WhatIsWaitedFor_IsMappedFirst()
    {
        var arrived = new ArrivedPieces(8);
        Assert.Equal(double.PositiveInfinity, arrived.FirstAt);
        Assert.True(arrived.Want(0, 5));
        Assert.False(arrived.Want(1, 5));
        foreach (long piece in (long[])[0, 1, 5, 2])
        {
            arrived.Send(10 + piece, piece);
        }

        Assert.Equal(10, arrived.FirstAt);
        Assert.False(arrived.HasArrived(9.5, 0));
        Assert.True(arrived.HasArrived(10, 0));

        // Piece 1 is there when a vCPU comes to wait for it: nothing is asked for, and it goes before piece 0. Piece 5 has not arrived by then.
        Assert.False(arrived.Want(11, 1));
        Assert.Equal([1, 5, 0, 2], (long[])[arrived.Take(11), arrived.Take(15), arrived.Take(15), arrived.Take(15)]);
        Assert.Throws<InvalidOperationException>(() => arrived.Take(100));
    }

    [Fact]
    public void Hot_IsATenthOfThePages_SpreadOverAll()
    {
        var accesses = new GuestAccesses(AccessPattern.Hot, seed: 3, pages: 1000, virtualCpus: 2);
        long[] pages = [.. Enumerable.Range(0, 20_000).Select(i => accesses.Next(i % 2))];
        Assert.All(pages, page => Assert.InRange(page, 0, 999));

        // Nine tenths, and a tenth of the tenth that goes to any page.
        Assert.InRange(pages.Count(page => page % 10 == 0) / 20_000.0, 0.90, 0.92);
        Assert.Equal(100, pages.Where(page => page % 10 == 0).Distinct().Count());
    }

    [Fact]
    public void Uniform_IsEveryPage()
    {
        var accesses = new GuestAccesses(AccessPattern.Uniform, seed: 0, pages: 100, virtualCpus: 1);
        int[] counts = new int[100];
        for (int i = 0; i < 100_000; i++)
        {
            counts[accesses.Next(0)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 800, 1200));
    }

    [Fact]
    public void Sequential_BeginsInAPartOfItsOwn()
    {
        var accesses = new GuestAccesses(AccessPattern.Sequential, seed: 9, pages: 8, virtualCpus: 2);
        Assert.Equal([0, 1, 2, 3], Enumerable.Range(0, 4).Select(_ => accesses.Next(0)));
        Assert.Equal([4, 5, 6, 7, 0, 1], Enumerable.Range(0, 6).Select(_ => accesses.Next(1)));
    }

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(2, 1, 2, 2)]
    [InlineData(10, 5, 9, 10)]
    [InlineData(11, 6, 10, 11)]
    [InlineData(200, 100, 180, 198)]
    public void Percentiles_AreNearestRanks(int count, double half, double nine, double last)
    {
        var stalls = StallFigures.Of([.. Enumerable.Range(1, count).Select(i => (double)i)]);
        Assert.Equal(new StallFigures(count, half, nine, last, count, count * (count + 1) / 2.0), stalls);
        Assert.Equal(new StallFigures(0, 0, 0, 0, 0, 0), StallFigures.Of([]));
    }

    /// <summary>Of two vCPUs one waits for the second quarter and beyond the end from the last tenth on.</summary>
    [Fact]
    public void Running_IsTheShareThatDoesNotWait()
    {
        double[] running = RunningShare.Of([new Stall(250, 250), new Stall(900, 500)], end: 1000, virtualCpus: 2);
        Assert.Equal(200, running.Length);
        for (int i = 0; i < 200; i++)
        {
            Assert.Equal(i is (>= 50 and < 100) or >= 180 ? 0.5 : 1, running[i], 1e-9);
        }
    }
}
