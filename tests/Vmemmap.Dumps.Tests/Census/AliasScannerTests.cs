using System.Globalization;

namespace Vmemmap.Dumps.Tests.Census;

/// <summary>The scan of last-level entries against a search that knows no bits, in every width, whatever the hardware has.</summary>
public sealed class AliasScannerTests
{
    private const ulong Base = 0xffff_8000_0000_0000;

    public static TheoryData<string> Names => ["x86-64", "x86-64-la57", "arm64-4k", "arm64-16k", "arm64-64k", "arm64-4k-va52", "riscv64-sv48"];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryWidth_FindsTheRunsOfTheOneByOneSearch(string name)
    {
        for (int seed = 0; seed < 400; seed++)
        {
            var comparison = new Comparison(seed);
            Architectures.Find(name)!.Accept<Comparison, int>(ref comparison);
        }
    }

    /// <summary>Runs that begin, end and go on at every place of a block of 64 and of a span.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void ARunOfEachLength_IsFoundAtEachPlace(string name)
    {
        var places = new Places();
        Architectures.Find(name)!.Accept<Places, int>(ref places);
    }

    private static void AssertAlike<TFormat>(TFormat format, ulong[] entries, IReadOnlyList<(int Start, int Length, bool Writable)> spans, string what)
        where TFormat : struct, IPageTableFormat
    {
        List<string> expected = Search(format, entries, spans);
        Assert.Equal(expected, Scan<TFormat, AliasWidth1>(format, entries, spans));
        Assert.True(expected.SequenceEqual(Scan<TFormat, AliasWidth4>(format, entries, spans)), $"four a step: {what}");
        Assert.True(expected.SequenceEqual(Scan<TFormat, AliasWidth8>(format, entries, spans)), $"eight a step: {what}");

        var runs = new AliasRuns();
        var scanner = AliasScanner.For(format, runs, int.MaxValue);
        foreach ((int start, int length, bool writable) in spans)
        {
            scanner.Scan(AddressOf(format, start), entries.AsSpan(start, length), writable);
        }

        scanner.Flush();
        Assert.Equal(expected, runs.Select(Text));
    }

    private static List<string> Scan<TFormat, TWidth>(TFormat format, ulong[] entries, IReadOnlyList<(int Start, int Length, bool Writable)> spans)
        where TFormat : struct, IPageTableFormat
        where TWidth : struct, IAliasWidth
    {
        var runs = new AliasRuns();
        var scanner = AliasScanner.For(format, runs, int.MaxValue);
        foreach ((int start, int length, bool writable) in spans)
        {
            scanner.ScanBy<TWidth>(AddressOf(format, start), entries.AsSpan(start, length), writable);
        }

        scanner.Flush();
        return [.. runs.Select(Text)];
    }

    /// <summary>Entry after entry, by what the format says of each: a run is neighbours that are leaves of one frame.</summary>
    private static List<string> Search<TFormat>(TFormat format, ulong[] entries, IReadOnlyList<(int Start, int Length, bool Writable)> spans)
        where TFormat : struct, IPageTableFormat
    {
        var pages = new List<(ulong Address, ulong Entry, bool Writable)>();
        foreach ((int start, int length, bool writable) in spans)
        {
            for (int i = start; i < start + length; i++)
            {
                pages.Add((AddressOf(format, i), entries[i], writable && format.IsWritable(entries[i])));
            }
        }

        var found = new List<string>();
        for (int first = 0; first < pages.Count;)
        {
            int end = first + 1;
            while (end < pages.Count && IsAlias(format, pages[end - 1], pages[end]))
            {
                end++;
            }

            if (end - first > 1)
            {
                found.Add(Text(pages[first].Address, end - first, pages[first].Writable, pages.Skip(first + 1).Take(end - first - 1).Any(p => p.Writable)));
            }

            first = end;
        }

        return found;
    }

    private static bool IsAlias<TFormat>(TFormat format, (ulong Address, ulong Entry, bool Writable) before, (ulong Address, ulong Entry, bool Writable) here)
        where TFormat : struct, IPageTableFormat =>
        here.Address == before.Address + (1UL << format.PageShift)
        && (here.Entry & format.ValidMask) != 0 && (before.Entry & format.ValidMask) != 0
        && (here.Entry & format.AddressMask) == (before.Entry & format.AddressMask)
        // Entries of a Svnapot group say one frame and map each its own.
        && ((here.Entry | before.Entry) & format.SharedAddressMask) == 0;

    private static ulong AddressOf<TFormat>(TFormat format, int page)
        where TFormat : struct, IPageTableFormat => Base + ((ulong)page << format.PageShift);

    private static string Text(AliasRun run) => Text(run.Address, run.Count, run.FirstWritable, run.RestWritable);

    private static string Text(ulong address, int count, bool firstWritable, bool restWritable) =>
        string.Create(CultureInfo.InvariantCulture, $"{address:x} {count} {firstWritable} {restWritable}");

    private static ulong WritableBit<TFormat>(TFormat format)
        where TFormat : struct, IPageTableFormat =>
        Enumerable.Range(0, 64).Select(b => 1UL << b).First(bit => format.IsWritable(bit) != format.IsWritable(0));

    private readonly struct Comparison(int seed) : IArchitectureVisitor<int>
    {
        public int Visit<TFormat>(TFormat format)
            where TFormat : struct, IPageTableFormat
        {
            var random = new Random(seed);
            ulong frameStep = format.AddressMask & (~format.AddressMask + 1);
            ulong writable = WritableBit(format);
            var entries = new ulong[random.Next(1, 1400)];
            for (int i = 0; i < entries.Length;)
            {
                // Stretches of one frame, of holes, of groups; permission changes inside them now and then.
                ulong frame = ((ulong)random.Next(1, 6) * frameStep) & format.AddressMask;
                ulong entry = random.Next(8) switch
                {
                    0 => 0,
                    1 => frame,
                    2 => frame | format.ValidMask | format.SharedAddressMask,
                    _ => frame | format.ValidMask,
                };
                int length = random.Next(4) == 0 ? random.Next(1, 300) : random.Next(1, 12);
                int mixed = random.Next(3);
                for (int end = Math.Min(entries.Length, i + length); i < end; i++)
                {
                    entries[i] = mixed == 0 && random.Next(3) == 0 ? entry ^ writable : mixed == 1 ? entry | writable : entry;
                }
            }

            var spans = new List<(int Start, int Length, bool Writable)>();
            for (int start = 0; start < entries.Length;)
            {
                int length = Math.Min(entries.Length - start, random.Next(3) == 0 ? random.Next(1, 6) : random.Next(1, 600));
                spans.Add((start, length, random.Next(4) != 0));
                // A gap between spans ends a run.
                start += length + (random.Next(5) == 0 ? random.Next(1, 4) : 0);
            }

            AssertAlike(format, entries, spans, $"seed {seed}");
            return 0;
        }
    }

    private struct Places : IArchitectureVisitor<int>
    {
        public readonly int Visit<TFormat>(TFormat format)
            where TFormat : struct, IPageTableFormat
        {
            ulong frameStep = format.AddressMask & (~format.AddressMask + 1);
            ulong writable = WritableBit(format);
            for (int length = 2; length <= 140; length += length < 12 ? 1 : 61)
            {
                for (int at = 0; at < 140; at++)
                {
                    var entries = new ulong[300];
                    for (int i = 0; i < entries.Length; i++)
                    {
                        bool inRun = i >= at && i < at + length;
                        entries[i] = format.ValidMask | ((inRun ? 1000UL : (ulong)i + 1) * frameStep) | (i == at ? writable : 0);
                    }

                    AssertAlike(format, entries, [(0, 300, true)], $"{length} at {at}");
                    AssertAlike(format, entries, [(0, at + 1, true), (at + 1, 299 - at, false)], $"{length} at {at}, two spans");
                }
            }

            return 0;
        }
    }
}
