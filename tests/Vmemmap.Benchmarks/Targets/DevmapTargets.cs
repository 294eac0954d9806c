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

    // What a GiB may take more in a larger device than in a smaller one, which is what caches are for: a cost of the
    // square would be at a thousand.
    private const double LinearLimit = 2;
    private const int Rounds = 7;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    // So many devices one after the other that small ones are measured long enough.
    private static readonly (int Gigabytes, int Times)[] Sizes = [(1, 20), (10, 4), (100, 1), (1024, 1)];

    public static void Devmap(TargetReport report)
    {
        Measure(report, "pages of 2M", X64.Huge2M.Value.Size, shares: false, pagesOfTebibyte: 1048576 + 8192);
        Measure(report, "pages of 1G", X64.Huge1G.Value.Size, shares: false, pagesOfTebibyte: 2048 + 8192);
        Measure(report, "pages of 1G, tables shared", X64.Huge1G.Value.Size, shares: true, pagesOfTebibyte: 2048 + 2048);
    }

    private static void Measure(TargetReport report, string what, ulong align, bool shares, long pagesOfTebibyte)
    {
        Warm(align, shares);
        var rounds = new Times[Sizes.Length][];
        for (int size = 0; size < Sizes.Length; size++)
        {
            rounds[size] = new Times[Rounds];
        }

        // All sizes in turn, so that a slow moment of the machine is everyone's.
        for (int round = 0; round < Rounds; round++)
        {
            for (int size = 0; size < Sizes.Length; size++)
            {
                rounds[size][round] = Run(Sizes[size].Gigabytes, Sizes[size].Times, align, shares);
            }
        }

        for (int size = 0; size < Sizes.Length; size++)
        {
            Size(report, what, Sizes[size].Gigabytes, rounds[size], shares, pagesOfTebibyte);
        }

        Linear(report, $"{what}, in", rounds, times => times.In);
        Linear(report, $"{what}, out", rounds, times => times.Out);
    }

    private static void Size(TargetReport report, string what, int gigabytes, Times[] rounds, bool shares, long pagesOfTebibyte)
    {
        double[] plug = [.. rounds.Select(times => times.In).Order()];
        double[] unplug = [.. rounds.Select(times => times.Out).Order()];
        bool last = gigabytes == Sizes[^1].Gigabytes;

        // Upper tables apart: 17 for a terabyte.
        bool exact = !last || rounds[0].Pages - pagesOfTebibyte == 17;
        report.Budget(
            $"plug {gigabytes} GiB in, {what}",
            last && shares ? $"< {TargetReport.Time(PudBudget)}" : string.Empty,
            exact && (!last || !shares || plug[Rounds / 2] < PudBudget),
            $"{Spread(plug)}; out {Spread(unplug)}; {rounds[0].Pages} frames");
    }

    // Sizes of one round are compared, and the median round counts.
    private static void Linear(TargetReport report, string what, Times[][] rounds, Func<Times, double> time)
    {
        double[] ratios =
        [
            .. Enumerable.Range(0, Rounds).Select(round =>
            {
                double[] perGigabyte = [.. Sizes.Select((size, i) => time(rounds[i][round]) / size.Gigabytes)];
                return Growth(perGigabyte);
            }).Order(),
        ];
        string medians = string.Join(
            ", ", Sizes.Select((size, i) => TargetReport.Time(rounds[i].Select(time).Order().ElementAt(Rounds / 2) / size.Gigabytes)));
        report.Budget(
            $"a GiB, {what}: of a larger device against a smaller one",
            $"≤ {TargetReport.Number(LinearLimit)}",
            ratios[Rounds / 2] <= LinearLimit,
            $"{TargetReport.Number(ratios[Rounds / 2])} "
                + $"({TargetReport.Number(ratios[0])} to {TargetReport.Number(ratios[^1])}); {medians}");
    }

    // The most that any size takes for a GiB, to what any smaller one does. What a device costs once makes small
    // ones dear, and is no growth.
    private static double Growth(double[] perGigabyte) =>
        Enumerable.Range(1, perGigabyte.Length - 1).Max(larger => perGigabyte[larger] / perGigabyte[..larger].Min());

    private static string Spread(double[] sorted) =>
        $"{TargetReport.Time(sorted[Rounds / 2])} ({TargetReport.Time(sorted[0])} to {TargetReport.Time(sorted[^1])})";

    // What comes first is compiled, in the background and more than once.
    private static void Warm(ulong align, bool shares)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < WarmUp)
        {
            Run(gigabytes: 10, times: 4, align, shares);
        }
    }

    private static Times Run(int gigabytes, int times, ulong align, bool shares)
    {
        double plug = 0;
        double unplug = 0;
        long pages = 0;
        for (int i = 0; i < times; i++)
        {
            Times one = Once((ulong)gigabytes * Gigabyte, align, shares);
            (plug, unplug, pages) = (plug + one.In, unplug + one.Out, one.Pages);
        }

        return new Times(plug / times, unplug / times, pages);
    }

    private static Times Once(ulong size, ulong align, bool shares)
    {
        // A struct page frame for each 2M at most, of 8 that they would be, and the kernel's own.
        ulong ram = ((size / 64) + (2 * Gigabyte) - 1) / Gigabyte * Gigabyte;
        var machine = new Machine<X64>(MachineOptions.OfSize(ram) with { HotplugLimit = (32 * Gigabyte) + size });
        long free = machine.Books[FrameUse.Free];

        // Not within what is timed: the machines before are garbage.
        GC.Collect();
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
            ? new Times(plug, unplug, pages)
            : throw new InvalidOperationException($"A device of {size} bytes did not come and go.");
    }

    /// <summary>What one device took.</summary>
    /// <param name="In">Seconds to plug it in.</param>
    /// <param name="Out">Seconds to plug it out.</param>
    /// <param name="Pages">Frames that it took.</param>
    private readonly record struct Times(double In, double Out, long Pages);
}
