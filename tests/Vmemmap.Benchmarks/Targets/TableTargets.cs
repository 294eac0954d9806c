using Vmemmap.Benchmarks.Memory;
using Vmemmap.Benchmarks.Native;
using Vmemmap.Benchmarks.Workloads;

namespace Vmemmap.Benchmarks.Targets;

/// <summary>What is measured over page tables in memory.</summary>
internal static class TableTargets
{
    public static void Translate(TargetReport report)
    {
        Translate<X64>(report);
        Translate<X64La57>(report);
        Translate<Arm64K16Va48>(report);
    }

    public static void Walk(TargetReport report)
    {
        var walk = new RangeWalkBenchmarks();
        walk.Setup();
        if (NativeBaseline.IsAvailable)
        {
            report.AtMost("walk 4 Mi entries against scalar C", 1.1, PairedMeasure.Of(() => walk.Scalar(), () => walk.CScalar()), Machines.TebibytePages);
            report.Fact("walk 4 Mi entries, both with vectors", PairedMeasure.Of(() => walk.Vectors(), () => walk.CVectors()), Machines.TebibytePages);
        }
    }

    public static void Aliases(TargetReport report)
    {
        using var scan = new AliasScanBenchmarks();
        scan.Setup();
        if (NativeBaseline.IsAvailable)
        {
            report.AtMost("classify aliases against scalar C", 0.5, PairedMeasure.Of(() => scan.Vectors(), () => scan.C()), Machines.TebibytePages);
            report.Fact("classify aliases one by one against scalar C", PairedMeasure.Of(() => scan.OneByOne(), () => scan.C()), Machines.TebibytePages);
        }
    }

    public static void Map(TargetReport report)
    {
        var map = new MapBenchmarks();
        map.Setup();
        report.AtMost("map of 1 TiB against one pass over its tables", 3, PairedMeasure.Of(() => map.Map(), () => map.Pass()));
        report.AtMost("map of 1 TiB without huge pages against one pass", 3, PairedMeasure.Of(() => map.PlainMap(), () => map.Pass()));
        if (NativeBaseline.IsAvailable)
        {
            report.Fact("the pass against the pass in C", PairedMeasure.Of(() => map.Pass(), () => map.PassInC()));
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        int runs = map.Map();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        before = GC.GetAllocatedBytesForCurrentThread();
        map.PlainMap();
        long plain = GC.GetAllocatedBytesForCurrentThread() - before;
        report.Budget(
            "bytes allocated for 4 Mi entries", "none per entry", plain < Machines.TebibytePages / 4, $"{plain} without aliases, {allocated} with {runs} runs");
    }

    private static void Translate<TArch>(TargetReport report)
        where TArch : struct, IArchitecture
    {
        using var translate = new TranslateBenchmarks<TArch>();
        translate.Setup();
        if (NativeBaseline.IsAvailable)
        {
            report.AtMost($"{TArch.Name}: TryTranslate against C", 1.05, PairedMeasure.Of(() => translate.Emitted(), () => translate.C()), TranslateBenchmarks<TArch>.Count);
            report.Fact($"{TArch.Name}: TryTranslate against C inlined into the loop", PairedMeasure.Of(() => translate.Emitted(), () => translate.CInlined()), TranslateBenchmarks<TArch>.Count);
        }

        report.Faster($"{TArch.Name}: TryTranslate against TableWalker", 1.7, PairedMeasure.Of(() => translate.Emitted(), () => translate.Table()), TranslateBenchmarks<TArch>.Count);
    }
}
