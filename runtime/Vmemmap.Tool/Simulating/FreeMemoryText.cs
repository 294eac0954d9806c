using System.Globalization;
using System.Numerics;
using Spectre.Console;
using Vmemmap.HugeTlb;
using static Vmemmap.Tool.ReportTable;

namespace Vmemmap.Tool;

/// <summary>What is left of memory, and in which pieces.</summary>
internal static class FreeMemoryText
{
    public static void Write(IAnsiConsole console, Simulations simulations, int structPageSize, int size)
    {
        Line(console, "free memory by order, when the pool is full");
        Table table = SimulateCountsText.Columns(simulations);
        for (int order = 0; order < simulations.Optimized[0].Sizes[size].FreeByOrder.Count; order++)
        {
            int index = order;
            string block = NumberText.Size(simulations.Optimized[0].PageSize << order);
            SimulateCountsText.AddRow(
                table,
                string.Create(CultureInfo.InvariantCulture, $"{order,2}, blocks of {block}"),
                simulations,
                size,
                figures => figures.FreeByOrder[index].ToString(CultureInfo.InvariantCulture));
        }

        console.Write(table);
        WriteWhyTheHeadIsCopied(console, simulations, structPageSize, size);
    }

    private static void WriteWhyTheHeadIsCopied(IAnsiConsole console, Simulations simulations, int structPageSize, int size)
    {
        SizeFigures figures = simulations.Optimized[0].Sizes[size];

        // Nothing is larger than a block of the last order.
        long bytes = Math.Min(figures.Hstate.StructPageBytes(structPageSize), simulations.Optimized[0].PageSize << (figures.FreeByOrder.Count - 1));
        if (PiecesOf(simulations, size, ReserveOneKeptHead.Name, bytes) is { } kept && PiecesOf(simulations, size, ReserveOne.Name, bytes) is { } copied)
        {
            Paragraph(console, string.Create(
                CultureInfo.InvariantCulture,
                $"Why v6.2 copies the head to a new frame: one that keeps its frame stays in the middle of what is given back. Free blocks of less than {NumberText.Size(bytes)}: {kept} with heads kept, {copied} with heads copied.\n"));
        }
    }

    private static long? PiecesOf(Simulations simulations, int size, string layout, long bytes)
    {
        AllocateThenFreeRun? run = simulations.Optimized.FirstOrDefault(run => run.Layout.Name == layout && run.Sizes[size].Reason is null);
        return run?.Sizes[size].FreeByOrder.Take(BitOperations.Log2((ulong)(bytes / run.PageSize))).Sum();
    }
}
