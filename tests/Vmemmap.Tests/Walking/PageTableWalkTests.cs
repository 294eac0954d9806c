using Vmemmap.Tests.Formats;
using Vmemmap.Tests.Manuals;
using Vmemmap.Tests.Memory;

namespace Vmemmap.Tests.Walking;

/// <summary>What a walk does with single cases, on small x86-64 trees.</summary>
public class PageTableWalkTests
{
    private const ulong Root = 0x1000;
    private const ulong Gigabyte = 1UL << 30;

    private static readonly Manual X86 = AllManuals.Of("x86-64");
    private static readonly Architecture Architecture = Loaded.Generated("x86-64");

    [Fact]
    public void Range_MayBeOnePage()
    {
        TestMemory memory = Chain(out ulong lastTable);
        memory[lastTable + (5 * 8)] = X86.Leaf(3, 0xabc000);
        Span span = Assert.Single(Walk(memory, 0x5123, 0x5124));
        Assert.Equal((SpanKind.Pages, 0x5000UL, 0x1000UL, lastTable + 40), (span.Kind, span.Address, span.Length, span.EntryAddress));
        Assert.Equal([X86.Leaf(3, 0xabc000)], span.Entries);
    }

    [Fact]
    public void Pages_ArePassedAsTheyStand()
    {
        TestMemory memory = Chain(out ulong lastTable);
        ulong[] entries = [X86.Leaf(3, 0x1000), 0, 0xfff0, X86.Leaf(3, 0x2000, writable: false)];
        for (int i = 0; i < entries.Length; i++)
        {
            memory[lastTable + ((ulong)i * 8)] = entries[i];
        }

        Span span = Assert.Single(Walk(memory, 0, 0x3fff));
        Assert.Equal(entries, span.Entries);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    public void Writable_NeedsEveryTableAbove(int readOnlyTable, bool writable)
    {
        TestMemory memory = Chain(out ulong lastTable);
        memory[lastTable] = X86.Leaf(3, 0x5000);
        for (int level = 0; level < 3; level++)
        {
            memory[Root + ((ulong)level * 0x1000)] = X86.Table(Root + ((ulong)(level + 1) * 0x1000), writable: level + 1 != readOnlyTable);
        }

        Assert.Equal(writable, Assert.Single(Walk(memory, 0, 0xfff)).Writable);
    }

    [Fact]
    public void Neighbours_OfOneKind_AreOneSpan()
    {
        TestMemory memory = Chain(out _);
        ulong blocks = Root + 0x2000;
        for (ulong i = 1; i <= 3; i++)
        {
            memory[blocks + (i * 8)] = X86.Leaf(2, i << 21);
        }

        memory[blocks + (6 * 8)] = 0x81 | 0x2000;
        Span[] spans = [.. Walk(memory, 1UL << 21, Gigabyte - 1)];
        Assert.Equal(
            [(SpanKind.Blocks, 1UL, 3UL), (SpanKind.Hole, 4, 2), (SpanKind.Fault, 6, 1), (SpanKind.Hole, 7, 505)],
            spans.Select(s => (s.Kind, s.Address >> 21, s.Length >> 21)));
        Assert.Equal(TranslationFault.Reserved, spans[2].Reason);
        Assert.Equal(0x2081UL, Assert.Single(spans[2].Entries));
        Assert.Equal(blocks + (6 * 8), spans[2].EntryAddress);
    }

    [Fact]
    public void Holes_WithAndWithoutLeftovers_AreHoles()
    {
        TestMemory memory = new();
        memory.MakePresent(Root, 512);
        memory[Root + 8] = 0xdead_0000;
        ulong end = 0;
        foreach (Span span in Walk(memory, 0, 0x7fff_ffff_ffff))
        {
            Assert.Equal((SpanKind.Hole, 0, end), (span.Kind, span.Level, span.Address));
            end = span.Last + 1;
        }

        Assert.Equal(0x8000_0000_0000UL, end);
    }

    [Fact]
    public void SharedTable_IsVisitedForEachEntry()
    {
        // Device DAX with compound PUD geometry does this: seven entries on one table.
        TestMemory memory = Chain(out ulong lastTable);
        memory[lastTable + 8] = X86.Leaf(3, 0x7000);
        for (ulong i = 1; i < 8; i++)
        {
            memory[Root + 0x2000 + (i * 8)] = X86.Table(lastTable);
        }

        Span[] spans = [.. Walk(memory, 0, (8UL << 21) - 1)];
        Assert.Equal(8, spans.Length);
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal((SpanKind.Pages, (ulong)i << 21, lastTable), (spans[i].Kind, spans[i].Address, spans[i].EntryAddress));
            Assert.Equal(X86.Leaf(3, 0x7000), spans[i].Entries[1]);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    [InlineData(2, 2)]
    public void Table_ThatIsItsOwnAncestor_IsReportedAndNotEntered(int level, int ancestor)
    {
        TestMemory memory = Chain(out _);
        ulong at = Root + ((ulong)level * 0x1000) + (3 * 8);
        ulong entry = X86.Table(Root + ((ulong)ancestor * 0x1000));
        memory[at] = entry;
        int shift = X86.Shift(level);
        Span span = Assert.Single(Walk(memory, 3UL << shift, (4UL << shift) - 1));
        Assert.Equal((SpanKind.Fault, TranslationFault.Cycle, level, 3UL << shift, 1UL << shift, at),
            (span.Kind, span.Reason, span.Level, span.Address, span.Length, span.EntryAddress));
        Assert.Equal([entry], span.Entries);
    }

    [Fact]
    public void Table_ThatIsMissing_IsAbsentAsAWhole()
    {
        TestMemory memory = new();
        memory[Root] = X86.Table(0x9000);
        Span span = Assert.Single(Walk(memory, 0, (512UL << 30) - 1));
        Assert.Equal((SpanKind.Fault, TranslationFault.Absent, 1, 0UL, 512UL << 30, 0x9000UL),
            (span.Kind, span.Reason, span.Level, span.Address, span.Length, span.EntryAddress));
        Assert.Equal([0UL], span.Entries);
    }

    [Fact]
    public void Table_WithHolesInTheImage_IsReadAroundThem()
    {
        TestMemory memory = Chain(out _);
        ulong partial = 0xa_0000;
        memory[Root + 0x2000] = X86.Table(partial);
        ulong page = X86.Leaf(3, 0x7000);
        foreach (int there in (int[])[2, 3, 7])
        {
            memory[partial + ((ulong)there * 8)] = page;
        }

        Assert.Equal(
            [
                (SpanKind.Fault, 0UL, 2UL, partial), (SpanKind.Pages, 2, 2, partial + 16), (SpanKind.Fault, 4, 3, partial + 32),
                (SpanKind.Pages, 7, 1, partial + 56), (SpanKind.Fault, 8, 504, partial + 64),
            ],
            Walk(memory, 0, (1UL << 21) - 1).Select(s => (s.Kind, s.Address >> 12, s.Length >> 12, s.EntryAddress)));
    }

    [Fact]
    public void Visitor_EndsTheWalk_AtAnyCall()
    {
        TestMemory memory = Chain(out ulong lastTable);
        memory[Root + 0x2000 + 8] = X86.Leaf(2, 1UL << 21);
        memory[Root + 0x2000 + 16] = X86.Table(0x77_0000);
        memory[Root + 0x2000 + 24] = X86.Table(Root);
        memory[Root + 0x2000 + 32] = 0x2081;
        memory[Root + 0x2000 + 40] = X86.Table(lastTable);
        Format format = Format.Of(Architecture);
        Span[] all = [.. Walk(memory, 0, (6UL << 21) - 1)];
        Assert.Equal(
            [SpanKind.Pages, SpanKind.Blocks, SpanKind.Fault, SpanKind.Fault, SpanKind.Fault, SpanKind.Pages],
            all.Select(s => s.Kind));
        for (int limit = 1; limit <= all.Length; limit++)
        {
            SpanRecorder recorder = new(Architecture, limit);
            Assert.False(format.Walk(memory, Root, 0, (6UL << 21) - 1, ref recorder));
            Assert.Equal(limit, recorder.Spans.Count);
        }

        SpanRecorder hole = new(Architecture, 1);
        Assert.False(format.Walk(memory, Root, 8UL << 21, Gigabyte - 1, ref hole));
        Assert.Equal(SpanKind.Hole, Assert.Single(hole.Spans).Kind);
    }

    [Theory]
    [InlineData("x86-64", 0x2000, 0x1fff)]
    [InlineData("x86-64", 0x0000_8000_0000_0000, 0x0000_8000_0000_1000)]
    [InlineData("x86-64", 0x7fff_ffff_f000, 0x0000_8000_0000_0000)]
    [InlineData("x86-64", 0x7fff_ffff_f000, 0xffff_8000_0000_0000)]
    [InlineData("arm64-4k", 0, 0x1000)]
    [InlineData("arm64-4k", 0xfffe_ffff_ffff_f000, ulong.MaxValue)]
    public void Range_ThatNoHalfHolds_IsAnArgumentError(string name, ulong first, ulong last)
    {
        Architecture architecture = Loaded.Generated(name);
        TestMemory memory = new();
        SpanRecorder recorder = new(architecture);
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => Format.Of(architecture).Walk(memory, Root, first, last, ref recorder));
        Assert.Contains($"0x{first:x} to 0x{last:x}", error.Message, StringComparison.Ordinal);
        Assert.Empty(recorder.Spans);
    }

    [Fact]
    public void Table_OfTwelveLevels_IsWalked()
    {
        // No machine has these; a table may.
        string[] leaves = [.. Enumerable.Repeat("", 10), "leaf='block'", "leaf='page'"];
        string levels = string.Concat(leaves.Select((leaf, i) => $"<level name='L{i}' index='{47 - (3 * i)}:{45 - (3 * i)}' {leaf} />"));
        TableWalker walker = Assert.Single(TableWalker.Parse(
            $"""
            <pageTables>
              <architecture name="deep" type="Deep" entry="x86-64" pageSize="4K" virtualAddress="48" hugetlb="32K" default="32K">
                {levels}
              </architecture>
            </pageTables>
            """,
            "deep.xml"));
        TestMemory memory = new();
        for (int level = 0; level < 12; level++)
        {
            ulong table = Root + ((ulong)level * 0x1000);
            memory.MakePresent(table, 8);
            memory[table] = level == 11 ? X86.Leaf(3, 0x7000) : X86.Table(table + 0x1000);
        }

        SpanRecorder recorder = new(walker);
        Assert.True(Format.Of(walker).Walk(memory, Root, 0, 0xfff, ref recorder));
        Assert.Equal([X86.Leaf(3, 0x7000)], Assert.Single(recorder.Spans).Entries);
    }

    /// <summary>A table of each level, each the first entry of the one above, at Root and the pages after it.</summary>
    private static TestMemory Chain(out ulong lastTable)
    {
        TestMemory memory = new();
        for (int level = 0; level < 4; level++)
        {
            ulong table = Root + ((ulong)level * 0x1000);
            memory.MakePresent(table, 512);
            memory[table] = level < 3 ? X86.Table(table + 0x1000) : 0;
        }

        lastTable = Root + 0x3000;
        return memory;
    }

    private static List<Span> Walk(TestMemory memory, ulong first, ulong last)
    {
        SpanRecorder recorder = new(Architecture);
        Assert.True(Format.Of(Architecture).Walk(memory, Root, first, last, ref recorder));
        return recorder.Spans;
    }
}
