using System.Diagnostics;
using System.Globalization;
using Vmemmap.Devmap;
using Vmemmap.Simulation;

namespace Vmemmap.Benchmarks.Targets;

/// <summary>Plugging a DAX device in and out: linear in its size, and a budget for a terabyte of 1G pages with shared tables.</summary>
internal static class DevmapTargets
{
    private const ulong Gigabyte = 1UL << 30;
    private const double PudBudget = 1;
    private const int Runs = 3;
    private static readonly ulong[] Sizes = [1 * Gigabyte, 10 * Gigabyte, 100 * Gigabyte, 1024 * Gigabyte];

    public static void Devmap(TargetReport report)
    {
        // What comes first is compiled, and is not measured.
        Run(Gigabyte, X64.Huge2M.Value.Size, shares: false);
        Run(Gigabyte, X64.Huge1G.Value.Size, shares: true);
        Measure(report, "pages of 2M", X64.Huge2M.Value.Size, shares: false, pagesOfTebibyte: 1048576 + 8192);
        Measure(report, "pages of 1G", X64.Huge1G.Value.Size, shares: false, pagesOfTebibyte: 2048 + 8192);
        Measure(report, "pages of 1G, tables shared", X64.Huge1G.Value.Size, shares: true, pagesOfTebibyte: 2048 + 2048);
    }

    private static void Measure(TargetReport report, string what, ulong align, bool shares, long pagesOfTebibyte)
    {
        foreach (ulong size in Sizes)
        {
            (double Plug, double Unplug, long Pages)[] runs = [.. Enumerable.Range(0, Runs).Select(_ => Run(size, align, shares))];
            double plug = runs.Select(run => run.Plug).Order().ElementAt(Runs / 2);
            double unplug = runs.Select(run => run.Unplug).Order().ElementAt(Runs / 2);
            bool last = size == Sizes[^1];

            // Upper tables apart: 17 for a terabyte.
            bool exact = !last || runs[0].Pages - pagesOfTebibyte == 17;
            double gigabytes = (double)size / Gigabyte;
            report.Budget(
                string.Create(CultureInfo.InvariantCulture, $"plug {size >> 30} GiB in, {what}"),
                last && shares ? $"< {TargetReport.Time(PudBudget)}" : string.Empty,
                exact && (!last || !shares || plug < PudBudget),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{TargetReport.Time(plug)}, {TargetReport.Time(plug / gigabytes)} a GiB; out {TargetReport.Time(unplug)}; {runs[0].Pages} frames"));
        }
    }

    private static (double Plug, double Unplug, long Pages) Run(ulong size, ulong align, bool shares)
    {
        // A struct page frame for each 2M at most, of 8 that they would be, and the kernel's own.
        ulong ram = ((size / 64) + (2 * Gigabyte) - 1) / Gigabyte * Gigabyte;
        var machine = new Machine<X64>(MachineOptions.OfSize(ram) with { HotplugLimit = (32 * Gigabyte) + size });
        long free = machine.Books[FrameUse.Free];
        long start = Stopwatch.GetTimestamp();
        bool plugged = DaxDevice<X64>.TryPlug(
            machine.Cpus[0],
            new DaxDeviceOptions { Start = 32 * Gigabyte, Bytes = size, Align = align, SharesTables = shares },
            out DaxDevice<X64>? device);
        double plug = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long pages = free - machine.Books[FrameUse.Free];
        start = Stopwatch.GetTimestamp();
        bool unplugged = plugged && device!.TryUnplug(machine.Cpus[0]);
        double unplug = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return unplugged && machine.Books[FrameUse.Free] == free && machine.Violations.Count == 0
            ? (plug, unplug, pages)
            : throw new InvalidOperationException($"A device of {size} bytes did not come and go.");
    }
}
