using System.Globalization;

namespace Vmemmap.Benchmarks.Targets;

/// <summary>Prints targets as rows of a Markdown table, one when it is measured.</summary>
internal sealed class TargetReport(TextWriter output)
{
    public int Missed { get; private set; }

    public void Start() => output.WriteLine("| what | target | measured | quartiles | times |\n|---|---|---|---|---|");

    /// <summary>A ratio that must not be above a limit.</summary>
    public void AtMost(string what, double limit, Paired paired, long operations = 1) =>
        Row(what, $"≤ {Number(limit)}", paired.Ratio <= limit, paired, operations);

    /// <summary>How many times faster than the baseline; must not be below a limit.</summary>
    public void Faster(string what, double limit, Paired paired, long operations = 1)
    {
        var speed = new Paired(paired.Work, paired.Baseline, 1 / paired.Ratio, 1 / paired.High, 1 / paired.Low);
        Row(what, $"≥ {Number(limit)}x", speed.Ratio >= limit, speed, operations);
    }

    /// <summary>A ratio that no target is set for.</summary>
    public void Fact(string what, Paired paired, long operations = 1) => Row(what, "", true, paired, operations);

    /// <summary>A budget: an absolute figure of this machine.</summary>
    public void Budget(string what, string budget, bool met, string measured)
    {
        Missed += met ? 0 : 1;
        output.WriteLine($"| {what} | {budget} | {measured}{(met ? "" : " **missed**")} | | |");
    }

    public void Skip(string what, string why) => output.WriteLine($"| {what} | | skipped: {why} | | |");

    private void Row(string what, string target, bool met, Paired paired, long operations)
    {
        Missed += met ? 0 : 1;
        output.WriteLine(
            $"| {what} | {target} | {Number(paired.Ratio)}{(met ? "" : " **missed**")} | {Number(paired.Low)} to {Number(paired.High)} | {Time(paired.Work / operations)} against {Time(paired.Baseline / operations)} |");
    }

    internal static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    internal static string Time(double seconds) => seconds switch
    {
        < 1e-6 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e9:0.00} ns"),
        < 1e-3 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0.0} µs"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0.00} ms"),
    };
}
