namespace Vmemmap.Benchmarks.Targets;

/// <summary>Runs groups of targets by name; all of them without one.</summary>
internal static class TargetRun
{
    private static readonly (string Name, Action<TargetReport> Measure)[] Groups =
    [
        ("translate", TableTargets.Translate),
        ("walk", TableTargets.Walk),
        ("aliases", TableTargets.Aliases),
        ("map", TableTargets.Map),
        ("image", ImageTargets.Image),
        ("generator", GeneratorTargets.Generator),
        ("analyzer", AnalyzerTargets.Analyzer),
        ("optimizer", OptimizerTargets.Optimizer),
        ("devmap", DevmapTargets.Devmap),
        ("package", PackageTargets.Package),
    ];

    /// <returns>0 if every target was met, 3 if one was missed, 2 for a name that is none.</returns>
    public static int Run(string[] names)
    {
        if (names.FirstOrDefault(n => !Groups.Any(g => g.Name == n)) is { } unknown)
        {
            Console.Error.WriteLine($"There is no group '{unknown}'; choose of {string.Join(", ", Groups.Select(g => g.Name))}.");
            return 2;
        }

        var report = new TargetReport(Console.Out);
        report.Start();
        foreach ((string name, Action<TargetReport> measure) in Groups)
        {
            if (names.Length == 0 || names.Contains(name))
            {
                measure(report);
            }
        }

        return report.Missed == 0 ? 0 : 3;
    }
}
