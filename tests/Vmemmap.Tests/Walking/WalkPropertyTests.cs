using Vmemmap.Tests.Facts;
using Vmemmap.Tests.Formats;
using Vmemmap.Tests.Manuals;
using Vmemmap.Tests.Trees;

namespace Vmemmap.Tests.Walking;

/// <summary>A walk over a range says of each page what a translation of that page says.</summary>
public class WalkPropertyTests
{
    [Theory]
    [ClassData(typeof(ArchitectureNames))]
    public void Walk_AgreesWithEveryTranslation(string name)
    {
        Architecture architecture = Loaded.Generated(name);
        Format generated = Format.Of(architecture);
        Format table = Format.Of(Loaded.Walker(name));
        TreeProperty.Holds(name, 20, tree =>
        {
            Random random = new(tree.Seed);
            foreach ((ulong first, ulong last) in Ranges(tree, random))
            {
                SpanRecorder recorder = new(architecture);
                Assert.True(generated.Walk(tree.Memory, tree.Root, first, last, ref recorder));
                CheckPartition(tree, recorder.Spans, first, last);
                foreach (Span span in recorder.Spans)
                {
                    CheckSpan(tree, generated, span, random);
                }

                // A table's scratch must outlive the tables below it: only a memory that copies into it tells.
                SpanRecorder ofCopies = new(architecture);
                Assert.True(generated.Walk(tree.Memory.Copying, tree.Root, first, last, ref ofCopies));
                CheckSame(tree, recorder.Spans, ofCopies.Spans);

                SpanRecorder ofTable = new(architecture);
                Assert.True(table.Walk(tree.Memory, tree.Root, first, last, ref ofTable));
                CheckSame(tree, recorder.Spans, ofTable.Spans);
            }
        });
    }

    private static void CheckSame(RandomTree tree, List<Span> expected, List<Span> actual)
    {
        for (int i = 0; i < Math.Max(expected.Count, actual.Count); i++)
        {
            Span? one = expected.ElementAtOrDefault(i);
            Span? other = actual.ElementAtOrDefault(i);
            bool same = one != null && other != null
                && one with { Entries = [] } == other with { Entries = [] }
                && one.Entries.SequenceEqual(other.Entries);
            if (!same)
            {
                Assert.Fail($"span {i} is {other}, was {one}: {tree}");
            }
        }
    }

    private static IEnumerable<(ulong First, ulong Last)> Ranges(RandomTree tree, Random random)
    {
        ulong[] addresses = [.. tree.Addresses().Where(a => tree.Manual.Canonical(a) == a)];
        for (int i = 0; i < 12; i++)
        {
            ulong a = addresses[random.Next(addresses.Length)];
            ulong b = random.Next(3) == 0 ? a + (ulong)random.Next(1 << 22) : addresses[random.Next(addresses.Length)];
            if ((a ^ b) >> 63 == 0 && tree.Manual.Canonical(b) == b)
            {
                yield return (Math.Min(a, b), Math.Max(a, b));
            }
        }

        // All of the upper half: the last address of all is where sums overflow.
        yield return (tree.Manual.Canonical(1UL << (tree.Manual.VirtualAddressBits - 1)), ulong.MaxValue);
    }

    // Spans are whole entries, so the first and the last may reach out of the range; within it nothing is left out or told twice.
    private static void CheckPartition(RandomTree tree, List<Span> spans, ulong first, ulong last)
    {
        ulong pageMask = (1UL << tree.Manual.PageShift) - 1;
        string about = $"{tree}, 0x{first:x}..0x{last:x}";
        Assert.True(spans.Count > 0, about);
        Assert.True(spans[0].Address <= (first & ~pageMask) && spans[0].Last >= first, $"starts with {spans[0]}: {about}");
        Assert.True(spans[^1].Last >= (last | pageMask) && spans[^1].Address <= last, $"ends with {spans[^1]}: {about}");
        for (int i = 0; i < spans.Count; i++)
        {
            Span span = spans[i];
            ulong reach = 1UL << tree.Manual.Shift(span.Level);
            Assert.True(span.Length > 0 && span.Address % reach == 0 && span.Length % reach == 0, $"{span} is not whole entries: {about}");
            Assert.True(i == 0 || span.Address == spans[i - 1].Last + 1, $"{span} does not follow {spans[Math.Max(0, i - 1)]}: {about}");
        }

        Assert.True(first - spans[0].Address < 1UL << tree.Manual.Shift(spans[0].Level), $"begins early with {spans[0]}: {about}");
        Assert.True(spans[^1].Last - ((1UL << tree.Manual.Shift(spans[^1].Level)) - 1) <= last, $"ends late with {spans[^1]}: {about}");
    }

    private static void CheckSpan(RandomTree tree, Format format, Span span, Random random)
    {
        int shift = tree.Manual.Shift(span.Level);
        int count = (int)(span.Length >> shift);
        Assert.True(span.Kind is SpanKind.Hole or SpanKind.Fault || span.Entries.Length == count, span.ToString());
        Assert.True(span.Reason is TranslationFault.None or TranslationFault.Absent || count == 1, span.ToString());

        // Zeros are alike: the ends, some of the middle and all that is not zero will do.
        IEnumerable<int> sample = new[] { 0, count - 1, random.Next(count), random.Next(count) }
            .Concat(Enumerable.Range(0, span.Entries.Length).Where(i => span.Entries[i] != 0))
            .Distinct();
        foreach (int i in sample)
        {
            ulong address = span.Address + ((ulong)i << shift) + ((ulong)random.NextInt64() & ((1UL << shift) - 1));
            List<ulong> tables = [];
            _ = tree.Manual.Walk(tree.Memory, tree.Root, address, tables);
            string? wrong = span.Reason == TranslationFault.Cycle
                ? CheckCycle(tree, span, tables)
                : CheckEntry(tree, span, i, tables, format, address);
            if (wrong != null)
            {
                Assert.Fail($"{wrong}\n{span}, entry {i}\n{tree.Describe(address)}");
            }
        }
    }

    private static string? CheckCycle(RandomTree tree, Span span, List<ulong> tables)
    {
        ulong at = tables[span.Level] + ((ulong)tree.Manual.Index(span.Level, span.Address) * 8);
        return span.EntryAddress != at ? $"the entry is at 0x{at:x}"
            : span.Entries[0] != tree.Memory[at] ? "another entry"
            : tables.Count <= span.Level + 1 ? "the entry is no table"
            : !tables.Take(span.Level + 1).Contains(tables[span.Level + 1]) ? "the table is no ancestor of itself"
            : null;
    }

    private static string? CheckEntry(RandomTree tree, Span span, int i, List<ulong> tables, Format format, ulong address)
    {
        Outcome outcome = format.Translate(tree.Memory, tree.Root, address);
        (TranslationFault fault, ulong entry) = span.Kind switch
        {
            SpanKind.Hole => (TranslationFault.NotPresent, outcome.Entry),
            SpanKind.Fault => (span.Reason, span.Entries[0]),
            _ => (Fault(format.Members.Classify(span.Level, span.Entries[i])), span.Entries[i]),
        };
        bool isElsewhere = span.Kind != SpanKind.Hole && outcome.EntryAddress != span.EntryAddress + ((ulong)i * 8);
        bool isWritable = span.Writable && format.Members.IsWritable(entry);
        return outcome.Fault != fault ? $"translates as {outcome}"
            : outcome.Level != span.Level ? $"translates on level {outcome.Level}"
            : outcome.Entry != entry ? $"translates by 0x{outcome.Entry:x}"
            : isElsewhere ? $"translates by the entry at 0x{outcome.EntryAddress:x}"
            : fault == TranslationFault.None && outcome.IsWritable != isWritable ? "another permission"
            : tables.Distinct().Count() != tables.Count ? "a table that is its own ancestor was entered"
            : null;
    }

    private static TranslationFault Fault(EntryKind kind) => kind switch
    {
        EntryKind.Leaf => TranslationFault.None,
        EntryKind.NotPresent => TranslationFault.NotPresent,
        EntryKind.Reserved => TranslationFault.Reserved,
        _ => throw new ArgumentException("a span of entries has no tables", nameof(kind)),
    };
}
