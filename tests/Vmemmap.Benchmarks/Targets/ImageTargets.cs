using Vmemmap.Benchmarks.Native;
using Vmemmap.Benchmarks.Workloads;

namespace Vmemmap.Benchmarks.Targets;

/// <summary>What is measured over a real image inside this process.</summary>
internal static class ImageTargets
{
    private const int Runs = 7;

    public static void Image(TargetReport report)
    {
        if (ImageBenchmarks.Path is not { } path)
        {
            report.Skip("image", "VMEMMAP_IMAGE names none");
            return;
        }

        using var image = new ImageBenchmarks();
        image.Setup();
        double open = PairedMeasure.TimeOf(() => image.Open());
        report.Budget("open and set up", "< 2 ms", open < 0.002, TargetReport.Time(open));
        double leaf = PairedMeasure.TimeOf(() => image.Map()) / image.Leaves;
        report.Budget($"a leaf of the map, of {image.Leaves}", "< 3 ns", leaf < 3e-9, TargetReport.Time(leaf));
        double census = PairedMeasure.TimeOf(() => image.Census());
        report.Budget("the whole census, struct pages included", "", true, TargetReport.Time(census));
        Libkdumpfile(report, path, image);
    }

    private static void Libkdumpfile(TargetReport report, string path, ImageBenchmarks image)
    {
        var peer = new Libkdumpfile();
        (ulong first, int pages) = image.Mapped;
        ulong step = (ulong)image.Kernel.Architecture.PageSize;
        PairedMeasure.TimeOf(() => image.Translate());
        var ours = new double[Runs];
        var theirs = new double[Runs];
        var ratios = new double[Runs];
        for (int i = 0; i < Runs; i++)
        {
            if (peer.Run(path, first, pages, step) is not { } run)
            {
                report.Skip("a translation against libkdumpfile", "it is not installed, or cannot read this image");
                return;
            }

            if (run.Sum != image.Translate())
            {
                throw new InvalidOperationException("libkdumpfile translates otherwise");
            }

            // The fastest of 15 rounds, as there.
            ours[i] = Enumerable.Range(0, 15).Min(_ => PairedMeasure.Time(() => image.Translate(), 1)) / pages;
            theirs[i] = run.Translation;
            ratios[i] = ours[i] / theirs[i];
        }

        double ratio = PairedMeasure.Median(ratios);
        report.Faster(
            $"a translation of {pages} pages against libkdumpfile",
            3,
            new Paired(PairedMeasure.Median(ours), PairedMeasure.Median(theirs), ratio, ratios[Runs / 4], ratios[Runs * 3 / 4]));
    }
}
