using Vmemmap.HighGranularity;

namespace Vmemmap.Tests.Simulation.HighGranularity.Postcopy;

/// <summary>The link, against times computed by hand. 8 Gbit/s are a byte in a nanosecond.</summary>
public sealed class LinkTests
{
    private const long ByteInANanosecond = 8_000_000_000;
    private const ulong Packet = 4096;
    private const ulong Piece = 8 * Packet;

    [Theory]
    [InlineData(100_000_000_000, 1UL << 30, 85_899_345.92)]
    [InlineData(25_000_000_000, 1UL << 30, 343_597_383.68)]
    [InlineData(100_000_000_000, 1UL << 21, 167_772.16)]
    [InlineData(100_000_000_000, 1UL << 12, 327.68)]
    public void APiece_TakesItsBitsOverTheSpeed(long bitsPerSecond, ulong bytes, double nanoseconds)
    {
        var link = new MigrationLink(bitsPerSecond, 4, bytes, Packet, pushes: false);
        link.Start();
        Assert.Equal(double.PositiveInfinity, link.FreeAt);
        link.Ask(1_000, 2);
        Assert.Equal(1_000 + nanoseconds, link.FreeAt, 1e-6);
        Assert.Equal((true, 2), Finish(link));
        Assert.Equal(double.PositiveInfinity, link.FreeAt);
    }

    /// <summary>What is pushed gives way at the end of its third packet, and goes on afterwards.</summary>
    [Fact]
    public void Demand_GoesBeforePush_AtTheEndOfAPacket()
    {
        MigrationLink link = Pushing();
        link.Ask(10_000, 5);
        Assert.Equal(3 * Packet, link.FreeAt);
        Assert.False(Finish(link).IsWhole);
        Assert.Equal((3 + 8) * Packet, link.FreeAt);
        Assert.Equal((true, 5), Finish(link));
        Assert.Equal(2 * Piece, link.FreeAt);
        Assert.Equal((true, 0), Finish(link));
        Assert.Equal((true, 1), Finish(link));
        Assert.Equal(3 * Piece, link.SentBytes);
        Assert.Equal(1, link.AskedPieces);
    }

    [Fact]
    public void Demand_IsSentInTheOrderOfTheRequests()
    {
        MigrationLink link = Pushing();
        foreach (long piece in (long[])[6, 3, 7])
        {
            link.Ask(Piece - 1, piece);
        }

        Assert.Equal([0, 6, 3, 7, 1, 2, 4, 5], All(link));
    }

    /// <summary>A piece that is asked for while it is pushed gives way no more.</summary>
    [Fact]
    public void APieceUnderWay_ThatIsAskedFor_DoesNotGiveWay()
    {
        MigrationLink link = Pushing();
        link.Ask(5_000, 0);
        link.Ask(6_000, 4);
        Assert.Equal(Piece, link.FreeAt);
        Assert.Equal([0, 4, 1, 2, 3, 5, 6, 7], All(link));
    }

    /// <summary>The rest of a piece that gave way, once it is asked for, waits only for what was asked for before.</summary>
    [Fact]
    public void TheRestOfAPiece_ThatIsAskedFor_GoesBeforePush()
    {
        MigrationLink link = Pushing();
        link.Ask(Packet, 4);
        Assert.Equal(Packet, link.FreeAt);
        Assert.False(Finish(link).IsWhole);
        link.Ask(Packet + 1, 0);
        link.Ask(Packet + 2, 7);
        Assert.Equal([4, 0, 7, 1, 2, 3, 5, 6], All(link));
        Assert.Equal(8 * Piece, link.SentBytes);
        Assert.Equal(3, link.AskedPieces);
    }

    /// <summary>Asked for while its last packet before it gives way is under way.</summary>
    [Fact]
    public void APieceThatIsGivingWay_AndIsAskedFor_ComesInItsTurn()
    {
        MigrationLink link = Pushing();
        link.Ask(100, 4);
        link.Ask(200, 0);
        Assert.Equal(Packet, link.FreeAt);
        Assert.False(Finish(link).IsWhole);
        Assert.Equal([4, 0, 1, 2, 3, 5, 6, 7], All(link));
    }

    [Fact]
    public void ARequestForWhatWasSent_ChangesNothing()
    {
        MigrationLink link = Pushing();
        Assert.Equal((true, 0), Finish(link));
        link.Ask(Piece, 0);
        Assert.Equal(0, link.AskedPieces);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], All(link));
    }

    /// <summary>Whatever is asked for, and when: every piece once, every byte once, and no moment lost.</summary>
    [Fact]
    public void RandomRequests_LoseNothing()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var link = new MigrationLink(ByteInANanosecond, 64, Piece, Packet, pushes: true);
            link.Start();
            var sent = new List<long>();
            double end = 0;
            while (!double.IsPositiveInfinity(link.FreeAt))
            {
                double now = end;
                while (random.Next(3) == 0)
                {
                    now += random.NextDouble() * (link.FreeAt - now);
                    link.Ask(now, random.Next(64));
                }

                end = link.FreeAt;
                if (Finish(link) is (true, var piece))
                {
                    sent.Add(piece);
                }
            }

            Assert.Equal(Enumerable.Range(0, 64).Select(piece => (long)piece), sent.Order());
            Assert.Equal(64 * Piece, link.SentBytes);
            Assert.Equal(64 * Piece, end, 1e-3);
        }
    }

    private static MigrationLink Pushing()
    {
        var link = new MigrationLink(ByteInANanosecond, 8, Piece, Packet, pushes: true);
        link.Start();
        Assert.Equal(Piece, link.FreeAt);
        return link;
    }

    private static (bool IsWhole, long Piece) Finish(MigrationLink link)
    {
        bool whole = link.TryFinish(out long piece);
        return (whole, piece);
    }

    private static List<long> All(MigrationLink link)
    {
        var all = new List<long>();
        while (!double.IsPositiveInfinity(link.FreeAt))
        {
            if (link.TryFinish(out long piece))
            {
                all.Add(piece);
            }
        }

        return all;
    }
}
