using System.Globalization;
using Spectre.Console;
using Vmemmap.HugeTlb;
using static Vmemmap.Tool.ReportTable;

namespace Vmemmap.Tool;

/// <summary>What happens when memory to restore is short, and how much restoring takes at worst.</summary>
internal static class ScarceMemoryText
{
    public static void Write(IAnsiConsole console, SimulationRequest request, IReadOnlyList<BuiltInLayout> layouts, SizeFigures figures)
    {
        foreach (BuiltInLayout layout in layouts)
        {
            WriteDemotion(console, request, layout, figures);
        }

        (BuiltInLayout Layout, ScarceMemory Scarce)[] all =
        [
            .. layouts
                .Select(layout => (layout, Scarce: ScarceMemory.Run(request, layout.Name, figures.Hstate)))
                .Where(pair => pair.Scarce is not null)
                .Select(pair => (pair.layout, pair.Scarce!)),
        ];
        if (all.Length == 0)
        {
            return;
        }

        Paragraph(console, string.Create(
            CultureInfo.InvariantCulture,
            $"restoring when memory is short: a pool of {all[0].Scarce.HugePages} is shrunk to 0 with so many free frames{(Demotes(all[0].Scarce) ? ", or one page demoted" : string.Empty)}"));
        Table table = Columns(["layout", "free", "needed each", "left", "failures", .. Demotes(all[0].Scarce) ? ["demoted", "failures"] : Array.Empty<string>()]);
        foreach ((BuiltInLayout layout, ScarceMemory scarce) in all)
        {
            foreach (ScarceMemoryOutcome outcome in scarce.Outcomes)
            {
                long[] shrink = [outcome.FreeFrames, scarce.FramesNeeded, outcome.ShrinkLeft, outcome.ShrinkFailures];
                long[] cells = outcome.Demoted is { } demoted ? [.. shrink, demoted, outcome.DemoteFailures] : shrink;
                table.AddRow([new Text(outcome == scarce.Outcomes[0] ? layout.Name : string.Empty), .. cells.Select(Number)]);
            }
        }

        console.Write(table);
        if (all.Any(pair => request.Batched ?? pair.Layout.HasBatches))
        {
            Paragraph(console, "A batch that stops is one failure; it goes on with what the restored pages gave back.\n");
        }
    }

    private static bool Demotes(ScarceMemory scarce) => scarce.Outcomes[0].Demoted is not null;

    // All of what is demoted together is restored before anything is optimized again.
    private static void WriteDemotion(IAnsiConsole console, SimulationRequest request, BuiltInLayout layout, SizeFigures figures)
    {
        if (DemotePeak.Run(request, layout.Name, figures.Hstate, figures.HugePages) is { } peak)
        {
            Line(console, string.Create(
                CultureInfo.InvariantCulture,
                $"{layout.Name}: demoting {peak.HugePages} of {figures.Hstate.Name} to {peak.Target.Name} has a peak of {peak.PeakExtraFrames} extra frames\n"));
        }
    }
}
