namespace Vmemmap.Dumps.Tests;

/// <summary>Random images against a dictionary of their bytes.</summary>
public sealed class RandomSegmentsTests
{
    private const ulong Window = 2048;

    [Fact]
    public void Reads_AgreeWithTheOracle()
    {
        using var folder = new ScratchFolder();
        for (int seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            // At the bottom, at the top of what a machine addresses, and in between.
            ulong start = new[] { 0UL, (1UL << 56) - Window, 0x7fff_f000UL + (ulong)random.Next(64) }[seed % 3];
            var oracle = new Dictionary<ulong, byte>();
            byte[] image = Build(random, start, oracle);
            using ElfCore core = ElfCore.Open(seed % 5 == 0 ? folder.WriteGzip(image) : folder.Write(image));
            var memory = new ImageMemory(core.Memory);
            Assert.Equal((ulong)oracle.Count, core.Memory.PresentBytes);
            Assert.Equal(oracle.Keys.Max(), core.Memory.HighestAddress);
            AgreeOnRanges(core.Memory, oracle);
            for (int i = 0; i < 400; i++)
            {
                ulong address = start + (ulong)random.NextInt64(-40, (long)Window + 40);
                AgreeOnBytes(core.Memory, oracle, address, random.Next(0, 80));
                AgreeOnEntry(memory, oracle, address & ~7UL);
                AgreeOnEntry(memory, oracle, address);
                AgreeOnTable(memory, oracle, address & ~7UL, random.Next(0, 40));
                AgreeOnTable(memory, oracle, address, random.Next(0, 40));
            }

            AgreeOnTable(memory, oracle, (start & ~7UL) - 64, 512);
        }
    }

    [Fact]
    public void EndsOfTheAddressSpace_AreAbsent()
    {
        using var folder = new ScratchFolder();
        using ElfCore core = ElfCore.Open(folder.Write(new CoreWriter().Load(0, new byte[64]).Build()));
        var memory = new ImageMemory(core.Memory);
        ulong[] scratch = new ulong[16];
        Assert.True(memory.ReadTable(ulong.MaxValue - 7, scratch, out _).IsAbsent);
        Assert.True(memory.ReadTable(ulong.MaxValue - 63, scratch, out _).IsAbsent);
        Assert.False(memory.TryReadEntry(ulong.MaxValue - 7, out _));
        Assert.False(core.Memory.TryRead(ulong.MaxValue, new byte[2]));
        Assert.False(core.Memory.IsPresent(ulong.MaxValue, 2));
        Assert.False(core.Memory.IsPresent(0, ulong.MaxValue));
        Assert.Equal(new TableRead(0, 8), memory.ReadTable(0, scratch, out _));
    }

    [Fact]
    public void ManyThreads_ReadTheSame()
    {
        using var folder = new ScratchFolder();
        var random = new Random(99);
        var writer = new CoreWriter();
        // Segments of a page of numbers each, far enough apart that threads keep replacing each other's remembered places.
        for (ulong i = 0; i < 700; i++)
        {
            byte[] page = new byte[4096];
            for (int j = 0; j < 512; j++)
            {
                BitConverter.TryWriteBytes(page.AsSpan(j * 8), i * 512 + (ulong)j);
            }

            writer.Load(i * 3 * 4096, page, gap: random.Next(9));
        }

        using ElfCore core = ElfCore.Open(folder.Write(writer.Build()));
        var memory = new ImageMemory(core.Memory);
        Parallel.For(0, 4, thread =>
        {
            var mine = new Random(thread);
            for (int i = 0; i < 100_000; i++)
            {
                ulong segment = (ulong)mine.Next(700);
                ulong index = (ulong)mine.Next(512);
                Assert.True(memory.TryReadEntry(segment * 3 * 4096 + index * 8, out ulong entry));
                Assert.Equal(segment * 512 + index, entry);
                Assert.False(memory.TryReadEntry((segment * 3 + 1) * 4096 + index * 8, out _));
            }
        });
    }

    private static byte[] Build(Random random, ulong start, Dictionary<ulong, byte> oracle)
    {
        var pieces = new List<(ulong Start, int Length)>();
        for (ulong at = (ulong)random.Next(100); at < Window;)
        {
            int length = (int)Math.Min(Window - at, (ulong)random.Next(1, 200));
            pieces.Add((start + at, length));
            // Half of them touch the next one.
            at += (ulong)length + (random.Next(2) == 0 ? 0 : (ulong)random.Next(1, 100));
        }

        // The order in the file decides which neighbours are neighbours there too.
        (ulong Start, int Length)[] shuffled = [.. pieces];
        if (random.Next(2) == 0)
        {
            random.Shuffle(shuffled);
        }

        var writer = new CoreWriter();
        foreach ((ulong address, int length) in shuffled)
        {
            byte[] content = new byte[length];
            random.NextBytes(content);
            for (int i = 0; i < length; i++)
            {
                oracle.Add(address + (ulong)i, content[i]);
            }

            writer.Load(address, content, (ulong)length, gap: random.Next(3) == 0 ? random.Next(9) : 0);
        }

        return writer.Build();
    }

    private static void AgreeOnRanges(PhysicalImage image, Dictionary<ulong, byte> oracle)
    {
        ulong counted = 0;
        foreach (PhysicalRange range in image.PresentRanges)
        {
            Assert.False(oracle.ContainsKey(range.Start - 1));
            Assert.False(oracle.ContainsKey(range.End));
            for (ulong at = range.Start; at < range.End; at++)
            {
                Assert.True(oracle.ContainsKey(at));
            }

            counted += range.Length;
        }

        Assert.Equal((ulong)oracle.Count, counted);
    }

    private static void AgreeOnBytes(PhysicalImage image, Dictionary<ulong, byte> oracle, ulong address, int length)
    {
        bool there = Enumerable.Range(0, length).All(i => oracle.ContainsKey(address + (ulong)i));
        byte[] read = new byte[length];
        Assert.Equal(there, image.TryRead(address, read));
        Assert.Equal(there, image.IsPresent(address, (ulong)length));
        if (there)
        {
            Assert.Equal(Enumerable.Range(0, length).Select(i => oracle[address + (ulong)i]), read);
        }

        if (image.TryGetSpan(address, length, out ReadOnlySpan<byte> span))
        {
            Assert.True(there);
            Assert.Equal(read, span.ToArray());
        }
    }

    private static void AgreeOnEntry(ImageMemory memory, Dictionary<ulong, byte> oracle, ulong address)
    {
        ulong? expected = Entry(oracle, address);
        Assert.Equal(expected is not null, memory.TryReadEntry(address, out ulong entry));
        Assert.Equal(expected ?? 0, entry);
    }

    private static void AgreeOnTable(ImageMemory memory, Dictionary<ulong, byte> oracle, ulong address, int count)
    {
        // A table does not go on at address 0 after the last address.
        ulong?[] expected =
        [
            .. Enumerable.Range(0, count).Select(i => (ulong)i * 8).Select(
                offset => address <= ulong.MaxValue - offset ? Entry(oracle, address + offset) : null),
        ];
        int start = Array.FindIndex(expected, e => e is not null);
        int length = start < 0 ? 0 : expected.Skip(start).TakeWhile(e => e is not null).Count();
        TableRead read = memory.ReadTable(address, new ulong[count], out ReadOnlySpan<ulong> table);
        Assert.Equal(new TableRead(start < 0 ? 0 : start, length), read);
        for (int i = start; i < start + length; i++)
        {
            Assert.Equal(expected[i], table[i]);
        }
    }

    private static ulong? Entry(Dictionary<ulong, byte> oracle, ulong address)
    {
        ulong entry = 0;
        for (int i = 7; i >= 0; i--)
        {
            if (!oracle.TryGetValue(address + (ulong)i, out byte b))
            {
                return null;
            }

            entry = entry << 8 | b;
        }

        return entry;
    }
}
