namespace Vmemmap.Analyzers.Tests.Flow;

/// <summary>A way to write a struct page.</summary>
/// <param name="Name">Name of the method it stands in.</param>
/// <param name="Statement">The statement; <c>#</c> is the index, brackets are around what is reported and around the struct page's own expression.</param>
/// <param name="IsPassed">Whether it is only passed to somebody who may write it.</param>
internal sealed record FlowWrite(string Name, string Statement, bool IsPassed = false)
{
    public static IReadOnlyList<FlowWrite> All { get; } =
    [
        new("Field", "[[<<page.Unchecked(#)>>.Flags]] = 1;"),
        new("Compound", "[[<<page.Unchecked(#)>>.RefCount]] += 2;"),
        new("Method", "[[<<page.Unchecked(#)>>.SetHead()]];"),
        new("Atomic", "Interlocked.Increment(ref [[<<page.Unchecked(#)>>.RefCount]]);"),
        new("Local", "ref StructPage p = ref <<page.Unchecked(#)>>; [[p.Flags]] = 1;"),
        new("Passed", "Touch(ref [[<<page.Unchecked(#)>>]]);", IsPassed: true),
    ];

    /// <summary>The statement with the marks that belong there.</summary>
    public string Marked(long index, long firstReadOnly, bool isExact, FlowState state)
    {
        Outcome outcome = IsPassed ? state.WhenPassed ?? state.Outcome : state.Outcome;
        Outcome here = outcome == Outcome.Gone ? outcome
            : index < firstReadOnly ? Outcome.Safe
            : outcome == Outcome.Must && !isExact ? Outcome.May
            : outcome;
        string? write = (here, IsPassed) switch
        {
            (Outcome.May, false) => "VMM1002:",
            (Outcome.May, true) => "VMM1004?:",
            (Outcome.Must, false) => "VMM1001:",
            (Outcome.Must, true) => "VMM1004!:",
            _ => null,
        };
        string text = Around(Statement, "[[", "]]", write);
        text = Around(text, "<<", ">>", here == Outcome.Gone ? "VMM1007!:" : null);
        return text.Replace("#", index.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    private static string Around(string text, string open, string close, string? mark) => text
        .Replace(open, mark is null ? string.Empty : "{|" + mark, StringComparison.Ordinal)
        .Replace(close, mark is null ? string.Empty : "|}", StringComparison.Ordinal);
}
