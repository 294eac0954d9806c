using System.Globalization;
using Spectre.Console;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tool;

/// <summary>What was counted, run beside run.</summary>
internal static class SimulateCountsText
{
    private static readonly (string Name, Func<OperationCounters, long> Count)[] Operations =
    [
        ("TLB flushes", counters => counters.TlbFlushes),
        ("IPIs", counters => counters.Ipis),
        ("PTE writes", counters => counters.PteWrites),
        ("bytes copied", counters => counters.BytesCopied),
        ("RCU waits", counters => counters.RcuSynchronizations),
        ("lock acquisitions", counters => counters.LockAcquisitions),
        ("frames returned", counters => counters.FramesReturned),
        ("frames taken back", counters => counters.FramesTaken),
        ("struct page writes", counters => counters.StructPagesWritten),
    ];

    // These are of some machines only, and rows of zeros elsewhere.
    private static readonly (string Name, Func<OperationCounters, long> Count)[] Rare =
    [
        ("block splits", counters => counters.BlockSplits),
        ("tables allocated", counters => counters.PageTablesAllocated),
        ("tables freed", counters => counters.PageTablesFreed),
        ("failed allocations", counters => counters.AllocationFailures),
        ("machine stops", counters => counters.MachineStops),
        ("CPU pauses", counters => counters.CpuPauses),
    ];

    public static void Write(IAnsiConsole console, Simulations simulations, int size)
    {
        Table table = Columns(simulations);
        AddCount(table, "optimized", simulations, size, figures => figures.Optimized);
        AddCount(table, "vmemmap pages freed", simulations, size, figures => figures.FreedPages);
        AddCount(table, "split page tables", simulations, size, figures => figures.SplitPageTables);
        AddCount(table, "shared tail pages", simulations, size, figures => figures.SharedTailPages);
        long page = simulations.Optimized[0].PageSize;
        AddCount(table, "bytes gross", simulations, size, figures => figures.FreedPages * page);
        AddCount(table, "bytes net", simulations, size, figures => Net(figures) * page);
        AddRow(table, "net", simulations, size, figures => NumberText.Short(Net(figures) * page));
        AddOperations(table, "filling the pool", simulations, size, figures => figures.Filling);
        AddOperations(table, "emptying the pool", simulations, size, figures => figures.Emptying);
        AddCount(table, "  peak extra frames", simulations, size, figures => figures.PeakExtraFrames);
        AddCount(table, "  restore failures", simulations, size, figures => figures.RestoreFailures);
        AddCount(table, "  huge pages left", simulations, size, figures => figures.HugePagesLeft, hideZeros: true);
        console.Write(table);
    }

    /// <summary>A table with a column of names and a column for each run.</summary>
    public static Table Columns(Simulations simulations)
    {
        // Headings of one line stand beside the second line of the others.
        bool two = simulations.Columns.Any(column => column.Heading.Contains('\n'));
        Table table = ReportTable.Columns(
            [string.Empty, .. simulations.Columns.Select(column => two && !column.Heading.Contains('\n') ? $"\n{column.Heading}" : column.Heading)]);
        table.Columns[0].Alignment = Justify.Left;
        return table;
    }

    public static void AddRow(Table table, string name, Simulations simulations, int size, Func<SizeFigures, string> figure) =>
        table.AddRow([new Text(name), .. simulations.Columns.Select(column => new Text(figure(column.Run.Sizes[size])))]);

    private static void AddOperations(Table table, string title, Simulations simulations, int size, Func<SizeFigures, OperationCounters> counters)
    {
        table.AddEmptyRow();
        table.AddRow(title);
        foreach ((string name, Func<OperationCounters, long> count) in Operations)
        {
            AddCount(table, $"  {name}", simulations, size, figures => count(counters(figures)));
        }

        foreach ((string name, Func<OperationCounters, long> count) in Rare)
        {
            AddCount(table, $"  {name}", simulations, size, figures => count(counters(figures)), hideZeros: true);
        }
    }

    private static void AddCount(Table table, string name, Simulations simulations, int size, Func<SizeFigures, long> count, bool hideZeros = false)
    {
        if (!hideZeros || simulations.Columns.Any(column => count(column.Run.Sizes[size]) != 0))
        {
            AddRow(table, name, simulations, size, figures => count(figures).ToString(CultureInfo.InvariantCulture));
        }
    }

    private static long Net(SizeFigures figures) => figures.FreedPages - figures.SplitPageTables - figures.SharedTailPages;
}
