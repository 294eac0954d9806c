using System.Globalization;
using Spectre.Console;
using Vmemmap.Devmap;
using static Vmemmap.Tool.ReportTable;

namespace Vmemmap.Tool;

/// <summary>The report of a device for people: the table of the cover letter.</summary>
internal static class SimulateDaxText
{
    public static void Write(DaxRun run, TextWriter output) => PlainConsole.Write(output, console => Write(console, run));

    private static void Write(IAnsiConsole console, DaxRun run)
    {
        Grid facts = Facts();
        Row(facts, "device", $"{NumberText.Size(run.DeviceBytes)} in pages of {NumberText.Size(run.AlignBytes)}");
        Row(facts, "machine", string.Create(CultureInfo.InvariantCulture, $"{run.Architecture}, struct pages of {run.StructPageSize} bytes"));
        console.Write(facts);
        console.WriteLine();
        WriteReasons(console, run);
        WriteMemory(console, run);
        WriteReferences(console, run);
    }

    private static void WriteReasons(IAnsiConsole console, DaxRun run)
    {
        foreach (DaxFigures figures in run.Geometries.Where(figures => figures.NotDeduplicated is not (NotDeduplicated.None or NotDeduplicated.BasePages)))
        {
            int pageShift = int.Log2((int)run.PageSize);
            Paragraph(console, $"not deduplicated: {Deduplication.Explain(figures.NotDeduplicated, pageShift, run.StructPageSize, (ulong)run.AlignBytes)}\n");
        }
    }

    private static void WriteMemory(IAnsiConsole console, DaxRun run)
    {
        Line(console, "memory for its struct pages");
        Table table = Columns("geometry", "frames", "tables", "upper", "bytes", "a TiB", "share", "initialised");
        foreach (DaxFigures figures in run.Geometries)
        {
            long bytes = DaxResult.BytesOf(run, figures);
            table.AddRow(
                new Text(DaxResult.NameOf(figures.Geometry)),
                Number(figures.StructPageFrames),
                Number(figures.PageTablePages),
                Number(figures.UpperTablePages),
                Number(bytes),
                new Text(NumberText.Short(DaxResult.PerTiB(run, figures))),
                new Text(string.Create(CultureInfo.InvariantCulture, $"{100.0 * bytes / run.DeviceBytes:0.0000}%")),
                Number(figures.StructPagesInitialized));
        }

        console.Write(table);
        Paragraph(console, "frames hold struct pages, tables are last-level page tables; bytes are both. upper: tables above the last level.\n");
    }

    private static void WriteReferences(IAnsiConsole console, DaxRun run)
    {
        Line(console, "all of the device pinned and unpinned");
        Table table = Columns("struct pages", "geometry", "changes", "of base pages", "pin", "unpin");
        foreach (DaxFigures figures in run.Geometries.Concat(run.OnDevice))
        {
            table.AddRow(
                new Text(figures.StructPagesOnDevice ? "on the device" : "in RAM"),
                new Text(DaxResult.NameOf(figures.Geometry)),
                Number(figures.Pinning.ReferenceUpdates + figures.Pinning.DeviceReferenceUpdates),
                Number(figures.PinnedPages),
                new Text(Milliseconds(figures.PinningNanoseconds)),
                new Text(Milliseconds(figures.UnpinningNanoseconds)));
        }

        console.Write(table);
        foreach (DaxNotOnDevice missing in run.NotOnDevice)
        {
            Paragraph(console, $"not on the device, {DaxResult.NameOf(missing.Geometry)}: {missing.Reason}\n");
        }

        Paragraph(console, "pin and unpin are simulated time, of a cost model (docs/devmap.md): it compares these rows with each other and says nothing about the seconds of a real machine");
    }

    private static string Milliseconds(double nanoseconds) => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e6:0.000} ms");
}
