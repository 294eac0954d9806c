using System.Diagnostics;

namespace Vmemmap.Benchmarks.Targets;

/// <summary>
/// Two pieces of work in turn, A B A B: on a machine whose speed drifts the ratio of neighbours is steadier than two averages
/// that were taken one after the other.
/// </summary>
internal static class PairedMeasure
{
    private const int Rounds = 41;
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(1200);

    /// <summary>Measures.</summary>
    /// <param name="work">What is measured.</param>
    /// <param name="baseline">What it is compared with.</param>
    public static Paired Of(Action work, Action baseline)
    {
        Warm(work);
        Warm(baseline);
        return InTurn(work, Repetitions(work), baseline, Repetitions(baseline), Rounds);
    }

    /// <summary>Measures what takes seconds, and needs no more than one round to be warm.</summary>
    /// <param name="work">What is measured.</param>
    /// <param name="baseline">What it is compared with.</param>
    /// <param name="rounds">How often each.</param>
    public static Paired OfFew(Action work, Action baseline, int rounds)
    {
        work();
        baseline();
        return InTurn(work, 1, baseline, 1, rounds);
    }

    /// <summary>The median time of one piece of work, seconds.</summary>
    public static double TimeOf(Action work)
    {
        Warm(work);
        int times = Repetitions(work);
        var all = new double[Rounds];
        for (int i = 0; i < Rounds; i++)
        {
            all[i] = Time(work, times);
        }

        return Median(all);
    }

    internal static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    private static Paired InTurn(Action work, int workTimes, Action baseline, int baselineTimes, int rounds)
    {
        var ratios = new double[rounds];
        var times = new double[rounds];
        var baselines = new double[rounds];
        for (int i = 0; i < rounds; i++)
        {
            times[i] = Time(work, workTimes);
            baselines[i] = Time(baseline, baselineTimes);
            ratios[i] = times[i] / baselines[i];
        }

        Array.Sort(ratios);
        return new Paired(Median(times), Median(baselines), Median(ratios), ratios[rounds / 4], ratios[rounds * 3 / 4]);
    }

    private static void Warm(Action work)
    {
        // Until the JIT has its last word: it compiles a second time in the background, after 30 calls and 100 ms.
        long start = Stopwatch.GetTimestamp();
        for (int calls = 0; calls < 64 || Stopwatch.GetElapsedTime(start) < WarmUp; calls++)
        {
            work();
            if (calls is 31 or 47)
            {
                Thread.Sleep(150);
            }
        }
    }

    /// <summary>So many that a measurement takes about 2 ms.</summary>
    private static int Repetitions(Action work) => Math.Max(1, (int)(0.002 / Math.Max(1e-9, Time(work, 3))));

    /// <summary>Seconds of one call.</summary>
    internal static double Time(Action work, int times)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < times; i++)
        {
            work();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds / times;
    }
}

/// <summary>What <see cref="PairedMeasure"/> saw. Seconds of one call.</summary>
/// <param name="Work">Median time.</param>
/// <param name="Baseline">Median time.</param>
/// <param name="Ratio">Median of the ratios of neighbours.</param>
/// <param name="Low">A quarter of the ratios are below.</param>
/// <param name="High">A quarter of the ratios are above.</param>
internal readonly record struct Paired(double Work, double Baseline, double Ratio, double Low, double High);
