using Microsoft.CodeAnalysis.CSharp;
using Vmemmap.Benchmarks.Workloads;

namespace Vmemmap.Benchmarks.Targets;

/// <summary>What the rules cost in a build and in an editor.</summary>
internal static class AnalyzerTargets
{
    private const int Rounds = 9;

    // Until the JIT is done with the compiler and the rules, as in a compiler server that has been up for some minutes.
    private const int WarmUps = 60;

    public static void Analyzer(TargetReport report)
    {
        CSharpCompilation small = AnalyzerBenchmarks.ManyMethods(1);
        for (int i = 0; i < WarmUps; i++)
        {
            AnalyzerBenchmarks.Analyze(small);
        }

        double one = Median(small);
        double two = Median(AnalyzerBenchmarks.ManyMethods(2));
        double four = Median(AnalyzerBenchmarks.ManyMethods(4));
        string file = $"rules over a file of {AnalyzerBenchmarks.Lines} lines with {AnalyzerBenchmarks.Accesses} accesses";
        report.Budget(file, "< 100 ms", one < 0.1, TargetReport.Time(one));
        report.Budget("twice as long, to the file", "≤ 2.4", two / one <= 2.4, TargetReport.Number(two / one));
        report.Budget("four times as long, to the file", "≤ 4.8", four / one <= 4.8, TargetReport.Number(four / one));
        double whole = Median(AnalyzerBenchmarks.OneMethod(1));
        report.Budget("the file as one method", "< 100 ms", whole < 0.1, TargetReport.Time(whole));
        double wholeTwice = Median(AnalyzerBenchmarks.OneMethod(2));
        report.Budget("twice as long as one method, to that", "≤ 2.4", wholeTwice / whole <= 2.4, TargetReport.Number(wholeTwice / whole));
        double without = Median(AnalyzerBenchmarks.WithoutVmemmap());
        report.Budget("the file where Vmemmap is not referenced", "< 1 ms", without < 0.001, TargetReport.Time(without));
    }

    private static double Median(CSharpCompilation compilation)
    {
        var times = new double[Rounds];
        AnalyzerBenchmarks.Analyze(compilation);
        for (int i = 0; i < Rounds; i++)
        {
            times[i] = AnalyzerBenchmarks.Analyze(compilation).Seconds;
        }

        return PairedMeasure.Median(times);
    }
}
