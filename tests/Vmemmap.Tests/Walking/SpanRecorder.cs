namespace Vmemmap.Tests.Walking;

/// <summary>What kind of thing a walk met.</summary>
internal enum SpanKind
{
    Pages,
    Blocks,
    Hole,
    Fault,
}

/// <summary>One call of a walk's visitor.</summary>
internal sealed record Span(
    SpanKind Kind, int Level, ulong Address, ulong Length, ulong EntryAddress, ulong[] Entries, bool Writable, TranslationFault Reason)
{
    public ulong Last => Address + Length - 1;

    public override string ToString() =>
        $"{Kind}{(Reason == TranslationFault.None ? "" : " " + Reason)} level {Level}, 0x{Address:x16}..0x{Last:x16}, "
        + $"entry at 0x{EntryAddress:x}, {Entries.Length} entries";
}

/// <summary>A visitor that keeps all it is told, and ends the walk after so many calls.</summary>
internal struct SpanRecorder(Architecture architecture, int limit = int.MaxValue) : IPageTableVisitor
{
    public List<Span> Spans { get; } = [];

    public readonly bool VisitPages(ulong address, ulong entryAddress, scoped ReadOnlySpan<ulong> entries, bool writable)
    {
        int level = architecture.Levels.Count - 1;
        return Add(new(SpanKind.Pages, level, address, Reach(level, entries.Length), entryAddress, entries.ToArray(), writable, default));
    }

    public readonly bool VisitBlocks(int level, ulong address, ulong entryAddress, scoped ReadOnlySpan<ulong> entries, bool writable) =>
        Add(new(SpanKind.Blocks, level, address, Reach(level, entries.Length), entryAddress, entries.ToArray(), writable, default));

    public readonly bool VisitHole(int level, ulong address, ulong length) =>
        Add(new(SpanKind.Hole, level, address, length, 0, [], false, default));

    public readonly bool VisitFault(in WalkFault fault) =>
        Add(new(SpanKind.Fault, fault.Level, fault.Address, fault.Length, fault.EntryAddress, [fault.Entry], false, fault.Reason));

    private readonly ulong Reach(int level, int entries) => (ulong)entries << architecture.Levels[level].Shift;

    private readonly bool Add(Span span)
    {
        Spans.Add(span);
        return Spans.Count < limit;
    }
}
