using System.Diagnostics;
using System.Globalization;
using Vmemmap.Benchmarks.Workloads;
using Vmemmap.HugeTlb;

namespace Vmemmap.Benchmarks.Targets;

/// <summary>The optimizer's own budgets: absolute times, which want an idle core.</summary>
internal static class OptimizerTargets
{
    private const int Rounds = 41;
    private const int WarmUps = 12;
    private const double PageBudget = 3e-6;
    private const double TebibyteBudget = 5;
    private const long MemoryBudget = 4L << 30;
    private static readonly long[] BatchSizes = [512, 5120, 51200, 524288];

    public static void Optimizer(TargetReport report)
    {
        Warm<ReserveTwo>(report);
        Warm<ReserveOneKeptHead>(report);
        Warm<ReserveOne>(report);
        Warm<SharedTail>(report);
        Batches<ReserveOne>(report);
        Batches<SharedTail>(report);
    }

    private static void Warm<TLayout>(TargetReport report)
        where TLayout : struct, IVmemmapLayout
    {
        var pages = new OptimizerBenchmarks<TLayout>();
        pages.Setup();
        double[] optimize = new double[Rounds];
        double[] restore = new double[Rounds];

        // What comes first is compiled, in the background and more than once, and is overwritten.
        for (int i = 0; i < WarmUps * Rounds; i++)
        {
            optimize[i % Rounds] = Seconds(pages.Optimize) / OptimizerBenchmarks<TLayout>.WarmPages;
            restore[i % Rounds] = Seconds(pages.Restore) / OptimizerBenchmarks<TLayout>.WarmPages;
        }

        Row("optimize", optimize);
        Row("restore", restore);

        void Row(string what, double[] seconds)
        {
            Array.Sort(seconds);
            double median = seconds[Rounds / 2];
            report.Budget(
                $"{TLayout.Name}: {what} one 2M page, warm",
                $"< {TargetReport.Time(PageBudget)}",
                median < PageBudget,
                $"{TargetReport.Time(median)} ({TargetReport.Time(seconds[Rounds / 4])} to {TargetReport.Time(seconds[3 * Rounds / 4])})");
        }
    }

    private static void Batches<TLayout>(TargetReport report)
        where TLayout : struct, IVmemmapLayout
    {
        foreach (long count in BatchSizes)
        {
            var pages = new OptimizerBenchmarks<TLayout>();
            pages.Fill(count);
            double seconds = Seconds(pages.OptimizeBatch);
            using var process = Process.GetCurrentProcess();
            long peak = process.PeakWorkingSet64;
            bool done = pages.Optimized == count && pages.Violations == 0;
            bool last = count == BatchSizes[^1];
            report.Budget(
                string.Create(CultureInfo.InvariantCulture, $"{TLayout.Name}: a batch of {count} pages of 2M"),
                last ? "< 5 s, < 4 GiB" : string.Empty,
                done && (!last || (seconds < TebibyteBudget && peak < MemoryBudget)),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{TargetReport.Time(seconds)}, {TargetReport.Time(seconds / count)} a page, peak of the process {peak >> 20} MiB"));
        }
    }

    private static double Seconds(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
