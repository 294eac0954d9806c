using Vmemmap.HugeTlb;

namespace Vmemmap.Tool;

/// <summary>The runs that a report puts beside each other.</summary>
/// <param name="Off">Without the optimization; null for JSON, which has no use for it.</param>
/// <param name="Optimized">With it: the layouts that were asked for.</param>
/// <param name="OneByOne">With it, but one by one; null where there are no batches to compare with.</param>
internal sealed record Simulations(AllocateThenFreeRun? Off, IReadOnlyList<AllocateThenFreeRun> Optimized, AllocateThenFreeRun? OneByOne)
{
    /// <summary>All of them, as the columns of a report: a heading and a run.</summary>
    public IReadOnlyList<(string Heading, AllocateThenFreeRun Run)> Columns { get; } = Arrange(Off, Optimized, OneByOne);

    public IEnumerable<AllocateThenFreeRun> All => Columns.Select(column => column.Run);

    public static Simulations Run(SimulateOptions options)
    {
        SimulationRequest request = options.Request;
        AllocateThenFreeRun[] optimized = [.. options.Layouts.Select(layout => AllocateThenFree.Run(request, layout.Name))];
        BuiltInLayout last = options.Layouts[^1];
        return options.Json
            ? new Simulations(null, optimized, null)
            : new Simulations(
                AllocateThenFree.Run(request with { OptimizeVmemmap = false }, last.Name),
                optimized,
                !options.Compare && optimized[0].Batched ? AllocateThenFree.Run(request with { Batched = false }, last.Name) : null);
    }

    private static List<(string Heading, AllocateThenFreeRun Run)> Arrange(
        AllocateThenFreeRun? off, IReadOnlyList<AllocateThenFreeRun> optimized, AllocateThenFreeRun? oneByOne)
    {
        var columns = new List<(string Heading, AllocateThenFreeRun Run)>();
        if (off is not null)
        {
            columns.Add(("HVO off", off));
        }

        foreach (AllocateThenFreeRun run in optimized)
        {
            columns.Add((optimized.Count > 1 ? Heading(run.Layout.Name) : run.Batched ? "on, batched" : "on, one by one", run));
        }

        if (oneByOne is not null)
        {
            columns.Add(("on, one by one", oneByOne));
        }

        return columns;
    }

    // "reserve-one-kept-head" as two lines, so that five columns fit.
    private static string Heading(string layout) => layout.Split('-') is { Length: > 2 } words
        ? $"{words[0]}-{words[1]}-\n{string.Join('-', words[2..])}"
        : layout;
}
