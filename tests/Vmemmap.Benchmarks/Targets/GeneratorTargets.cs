using Vmemmap.Benchmarks.Workloads;

namespace Vmemmap.Benchmarks.Targets;

/// <summary>What the generator costs in an editor.</summary>
internal static class GeneratorTargets
{
    public static void Generator(TargetReport report)
    {
        var generator = new GeneratorBenchmarks();
        generator.Setup();
        PairedMeasure.TimeOf(() => generator.Fresh());
        double fresh = PairedMeasure.TimeOf(() => generator.Fresh()) / generator.Architectures;
        report.Budget($"parse, bind and emit all tables, an architecture of {generator.Architectures}", "< 1 ms", fresh < 0.001, TargetReport.Time(fresh));
        double edited = PairedMeasure.TimeOf(() => generator.TableEdited()) / generator.EditedArchitectures;
        report.Budget($"after an edit of a table, an architecture of {generator.EditedArchitectures}", "< 1 ms", edited < 0.001, TargetReport.Time(edited));

        var configs = new KernelConfigBenchmarks();
        configs.Setup();
        double read = PairedMeasure.TimeOf(() => configs.Fresh());
        report.Budget($"read a kernel configuration of {configs.Kilobytes} KB and emit its class", "< 10 ms", read < 0.01, TargetReport.Time(read));
        double lineEdited = PairedMeasure.TimeOf(() => configs.LineEdited());
        report.Budget("after an edit of a line of it that decides nothing", "< 10 ms", lineEdited < 0.01, TargetReport.Time(lineEdited));
        double typed = PairedMeasure.TimeOf(() => configs.UnrelatedEdit());
        report.Budget("the same generator after an unrelated edit", "< 0.5 ms", typed < 0.0005, TargetReport.Time(typed));

        // Last, when the compiler around the generator has long been compiled itself.
        double cached = PairedMeasure.TimeOf(() => generator.UnrelatedEdit());
        report.Budget("generator after an unrelated edit", "< 0.1 ms", cached < 0.0001, TargetReport.Time(cached));
    }
}
