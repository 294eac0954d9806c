using System.Globalization;
using Spectre.Console;
using Vmemmap.HighGranularity;
using Vmemmap.Simulation;
using static Vmemmap.Tool.ReportTable;

namespace Vmemmap.Tool;

/// <summary>The report of a post-copy migration for people.</summary>
internal static class SimulatePostcopyText
{
    public static void Write(PostcopyRun run, TextWriter output) => PlainConsole.Write(output, console => Write(console, run));

    private static void Write(IAnsiConsole console, PostcopyRun run)
    {
        WriteFacts(console, run);
        WriteStalls(console, run);
        WriteMemory(console, run);
        WriteWork(console, run);
        WriteLeaves(console, run);
        WriteViolations(console, run);
        Paragraph(console, "times are simulated, of a cost model (docs/hgm.md): they compare these rows with each other and say nothing about the seconds of a real machine");
    }

    private static void WriteFacts(IAnsiConsole console, PostcopyRun run)
    {
        PostcopyRequest request = run.Request;
        long pages = (long)(request.MemoryBytes / request.HugePageBytes);
        Grid facts = Facts();
        Row(facts, "guest", $"{Size(request.MemoryBytes)} on {Many(pages, "huge page")} of {Size(request.HugePageBytes)}, {Many(request.VirtualCpus, "vCPU")}");
        Row(facts, "accesses", $"{PatternOf(request.Accesses)}, {TimeText.Exact(request.AccessInterval)} from one to the next");
        Row(facts, "link", $"{LinkSpeed.Of(request.BitsPerSecond)}, {TimeText.Exact(request.Latency)} one way");
        Row(facts, "source", request.Push ? "what nobody asks for is pushed" : $"nothing is pushed; the guest runs for {Duration(request.Duration)}");
        Row(facts, "machine", run.Optimized > 0
            ? $"{run.Architecture}, vmemmap optimized by {request.Layout}"
            : $"{run.Architecture}, vmemmap not optimized");
        console.Write(facts);
        if (run.Optimized == 0 && run.NotOptimized.Length > 0)
        {
            Paragraph(console, $"not optimized: {run.NotOptimized}");
        }

        console.WriteLine();
    }

    private static void WriteStalls(IAnsiConsole console, PostcopyRun run)
    {
        Line(console, "accesses that wait for memory");
        Table table = Columns("fetch", "first", "waits", "half", "90%", "99%", "longest", "all", "lost");
        foreach (PostcopyFigures figures in run.Figures)
        {
            StallFigures stalls = figures.Stalls;
            table.AddRow(
                Fetch(figures),
                Time(figures.FirstAccess),
                Number(stalls.Count),
                Time(stalls.Median),
                Time(stalls.Percentile90),
                Time(stalls.Percentile99),
                Time(stalls.Longest),
                Time(stalls.Total),
                new Text(Percent(figures.TimeLost)));
        }

        console.Write(table);
        string time = run.Request.Push ? "until all memory is there" : "while they run";
        string automatic = run.Figures.Any(figures => figures.CollapsesAutomatically) ? " +: what a piece completes is collapsed at once." : string.Empty;
        Paragraph(console, $"first: when the guest's first access is done; half, 90% and 99% of the waits are no longer than that; all: over all vCPUs. lost: of the vCPUs' time {time}.{automatic}\n");
    }

    private static void WriteMemory(IAnsiConsole console, PostcopyRun run)
    {
        Line(console, "memory that comes");
        Table table = Columns("fetch", "all there", "requests", "on demand", "pushed", "bytes");
        foreach (PostcopyFigures figures in run.Figures)
        {
            table.AddRow(
                Fetch(figures),
                figures.AllThere is { } all ? Time(all) : new Text("never"),
                Number(figures.Requests),
                Number(figures.DemandedPieces),
                Number(figures.PushedPieces),
                Number(figures.SentBytes));
        }

        console.Write(table);
        Paragraph(console, "on demand and pushed are pieces: those that were asked for before the source had sent them, and the others.\n");
    }

    private static void WriteWork(IAnsiConsole console, PostcopyRun run)
    {
        Line(console, "work on page tables");
        Table counts = Columns("fetch", "operation", "calls", "tables", "freed", "PTE writes", "flushes", "IPIs", "locks");
        Table times = Columns("fetch", "operation", "time", "a call", "wakeups", "time with them");
        counts.Columns[1].Alignment = Justify.Left;
        times.Columns[1].Alignment = Justify.Left;
        foreach (PostcopyFigures figures in run.Figures)
        {
            Add(figures, "CONTINUE", figures.Continues, figures.Continuing, figures.MappingNanoseconds, figures.ContinuingNanoseconds);
            if (figures.Collapsing is { } collapsing)
            {
                Add(figures, "COLLAPSE", 1, collapsing, figures.CollapsingNanoseconds, figures.CollapsingNanoseconds);
            }
        }

        console.Write(counts);
        if (Collapses(run))
        {
            Paragraph(console, "COLLAPSE: all memory at once when it is there; faults would wait for it.");
        }

        console.WriteLine();
        Line(console, "what it takes");
        console.Write(times);
        Paragraph(console, "wakeups: of vCPUs that waited, by the thread that maps.\n");

        void Add(PostcopyFigures figures, string operation, long calls, OperationCounters counters, double nanoseconds, double withWakeups)
        {
            counts.AddRow(
                Fetch(figures),
                new Text(operation),
                Number(calls),
                Number(counters.PageTablesAllocated),
                Number(counters.PageTablesFreed),
                Number(counters.PteWrites),
                Number(counters.TlbFlushes),
                Number(counters.Ipis),
                Number(counters.LockAcquisitions));
            times.AddRow(
                Fetch(figures),
                new Text(operation),
                Time(nanoseconds),
                Time(nanoseconds / Math.Max(1, calls)),
                Number(counters.Wakeups),
                Time(withWakeups));
        }
    }

    private static void WriteLeaves(IAnsiConsole console, PostcopyRun run)
    {
        Line(console, "what maps the guest");
        Table table = Columns("fetch", "most tables", "leaves before", "tables at the end", "leaves at the end");
        foreach (PostcopyFigures figures in run.Figures)
        {
            table.AddRow(
                Fetch(figures),
                new Text(NumberText.Short(figures.PeakPageTables * run.PageSize)),
                new Text(Leaves(figures.LeavesBefore)),
                new Text(NumberText.Short(figures.PageTables * run.PageSize)),
                new Text(Leaves(figures.Leaves)));
        }

        console.Write(table);
        Paragraph(console, $"leaves are what a TLB needs an entry for each of{(Collapses(run) ? ", before COLLAPSE and after it" : string.Empty)}.\n");
    }

    private static void WriteViolations(IAnsiConsole console, PostcopyRun run)
    {
        if (run.ViolationCount > 0)
        {
            Paragraph(console, string.Create(CultureInfo.InvariantCulture, $"violations: {run.ViolationCount}; the first: {run.FirstViolation}\n"));
        }
    }

    private static bool Collapses(PostcopyRun run) => run.Figures.Any(figures => figures.Collapsing is not null);

    private static Text Fetch(PostcopyFigures figures) => new(Size((ulong)figures.FetchBytes) + (figures.CollapsesAutomatically ? "+" : string.Empty));

    private static string Leaves(IReadOnlyList<LeafCount> leaves) => leaves.Count == 0
        ? "none"
        : string.Join(", ", leaves.Select(leaf => string.Create(CultureInfo.InvariantCulture, $"{leaf.Count} of {Size((ulong)leaf.Size)}")));

    private static string PatternOf(AccessPattern pattern) => pattern switch
    {
        AccessPattern.Hot => "nine of ten to a tenth of the pages",
        AccessPattern.Sequential => "page after page",
        _ => "to any page",
    };

    private static string Many(long count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? string.Empty : "s")}");

    // As it was given, or three digits of what follows from the link.
    private static string Duration(double nanoseconds) => TimeText.Exact(nanoseconds) is { Length: <= 8 } exact ? exact : TimeText.Of(nanoseconds);

    private static Text Time(double nanoseconds) => new(TimeText.Of(nanoseconds));

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0}%");

    private static string Size(ulong bytes) => NumberText.Size((long)bytes);
}
