using System.Globalization;
using Spectre.Console;
using Vmemmap.HugeTlb;
using static Vmemmap.Tool.ReportTable;

namespace Vmemmap.Tool;

/// <summary>The report for people.</summary>
internal static class SimulateText
{
    public static void Write(SimulateOptions options, Simulations simulations, TextWriter output) =>
        PlainConsole.Write(output, console => Write(console, options, simulations));

    private static void Write(IAnsiConsole console, SimulateOptions options, Simulations simulations)
    {
        WriteMachine(console, options, simulations);
        for (int size = 0; size < options.Request.HugePages.Count; size++)
        {
            WriteSize(console, options, simulations, size);
        }

        WriteViolations(console, simulations);
    }

    private static void WriteMachine(IAnsiConsole console, SimulateOptions options, Simulations simulations)
    {
        SimulationRequest request = options.Request;
        AllocateThenFreeRun run = simulations.Optimized[0];
        Grid grid = Facts();
        Row(grid, "machine", $"{run.Architecture}, {MemoryText(request, run)}, {Many(request.Nodes, "node")}, {Many(request.Cpus, "CPU")}");
        Row(grid, "vmemmap", $"{NumberText.Short(run.VmemmapPages * run.PageSize)} for struct pages of {request.StructPageSize} bytes, mapped by {(run.MappedByBlocks ? $"blocks of {NumberText.Size(run.BlockBytes)}" : $"pages of {NumberText.Size(run.PageSize)}")}");
        foreach (BuiltInLayout layout in options.Layouts)
        {
            Row(grid, layout == options.Layouts[0] ? Many(options.Layouts.Count, "layout")[2..] : string.Empty, $"{layout.Name} ({layout.Kernels})");
        }

        if (request.FailureProbability > 0)
        {
            Row(grid, "failures", string.Create(CultureInfo.InvariantCulture, $"{request.FailureProbability * 100:0.####}% of the optimizer's allocations, seed {request.Seed}"));
        }

        console.Write(grid);
        console.WriteLine();
    }

    // The memory of a machine whose huge pages are all that was asked for has room for the kernel on top.
    private static string MemoryText(SimulationRequest request, AllocateThenFreeRun run) => run.MemoryBytes == request.MemoryBytes
        ? NumberText.Size((long)request.MemoryBytes)
        : $"{NumberText.Size((long)request.MemoryBytes)} and {NumberText.Short((long)(run.MemoryBytes - request.MemoryBytes))} on top for the kernel itself";

    private static string Many(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? string.Empty : "s")}");

    private static void WriteSize(IAnsiConsole console, SimulateOptions options, Simulations simulations, int size)
    {
        SizeFigures first = simulations.Optimized[0].Sizes[size];
        Line(console, Many(first.HugePages, "huge page") + $" of {first.Hstate.Name}");
        string[] reasons = [.. simulations.Optimized.Select(run => run.Sizes[size].Reason).OfType<string>().Distinct()];
        foreach (string reason in reasons)
        {
            Paragraph(console, $"not optimized: {reason}");
        }

        if (simulations.Optimized.All(run => run.Sizes[size].Optimized == 0))
        {
            console.WriteLine();
            return;
        }

        SimulateCountsText.Write(console, simulations, size);
        FreeMemoryText.Write(console, simulations, options.Request.StructPageSize, size);
        BuiltInLayout[] layouts = [.. options.Layouts.Where((_, i) => simulations.Optimized[i].Sizes[size].Optimized > 0)];
        ScarceMemoryText.Write(console, options.Request, layouts, first);
        BreakBeforeMakeText.Write(console, options.Request, layouts, first);
        WriteTime(console, simulations, size);
    }

    private static void WriteTime(IAnsiConsole console, Simulations simulations, int size)
    {
        Paragraph(console, "simulated time, of a cost model (docs/hvo.md): it compares these columns with each other and says nothing about the seconds of a real machine");
        Table table = SimulateCountsText.Columns(simulations);
        SimulateCountsText.AddRow(table, "filling the pool", simulations, size, figures => Milliseconds(figures.FillingNanoseconds));
        SimulateCountsText.AddRow(table, "emptying the pool", simulations, size, figures => Milliseconds(figures.EmptyingNanoseconds));
        console.Write(table);
    }

    private static string Milliseconds(double nanoseconds) => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e6:0.000} ms");

    private static void WriteViolations(IAnsiConsole console, Simulations simulations)
    {
        foreach ((string heading, AllocateThenFreeRun run) in simulations.Columns.Where(column => column.Run.ViolationCount > 0))
        {
            Paragraph(console, $"violations, {heading.ReplaceLineEndings(string.Empty)}: {string.Join(", ", run.Violations.Select(kind => $"{kind.Value} {kind.Key}"))}; the first: {run.FirstViolation}");
        }
    }
}
