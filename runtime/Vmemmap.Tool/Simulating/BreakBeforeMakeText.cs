using System.Globalization;
using Spectre.Console;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using static Vmemmap.Tool.ReportTable;

namespace Vmemmap.Tool;

/// <summary>What break-before-make takes, policy beside policy.</summary>
internal static class BreakBeforeMakeText
{
    public static void Write(IAnsiConsole console, SimulationRequest request, IReadOnlyList<BuiltInLayout> layouts, SizeFigures figures)
    {
        Table table = Columns("layout", "policy", "windows", "look-ups", "faults", "held", "stops", "pauses");
        long pages = 0;
        foreach (BuiltInLayout layout in layouts)
        {
            foreach (BrokenWindows policy in BrokenWindows.Run(request, layout.Name, figures.Hstate, figures.HugePages))
            {
                pages = policy.HugePages;
                long[] counts = [policy.Windows, policy.Reads, policy.Faults, policy.Held, policy.MachineStops, policy.CpuPauses];
                table.AddRow([new Text(layout.Name), new Text(NameOf(policy.Policy)), .. counts.Select(Number)]);
            }
        }

        if (pages > 0)
        {
            Paragraph(console, string.Create(
                CultureInfo.InvariantCulture,
                $"break-before-make: {pages} of {figures.Hstate.Name} in and out of the pool; in each window every other CPU looks up a PFN whose struct page is broken, and faults or is held"));
            console.Write(table);
        }
    }

    private static string NameOf(BreakBeforeMakePolicy policy) => policy switch
    {
        BreakBeforeMakePolicy.FaultFixUp => "fault-fixup",
        BreakBeforeMakePolicy.StopMachine => "stop-machine",
        _ => "ipi-pause",
    };
}
