namespace Vmemmap.HighGranularity;

/// <summary>How long accesses waited for memory: those that faulted, from the access to its end. Times in nanoseconds; percentiles by
/// nearest rank.</summary>
/// <param name="Count">Accesses that waited.</param>
/// <param name="Median">Half of them waited no longer.</param>
/// <param name="Percentile90">Nine of ten waited no longer.</param>
/// <param name="Percentile99">99 of 100 waited no longer.</param>
/// <param name="Longest">None waited longer.</param>
/// <param name="Total">All of them together.</param>
public sealed record StallFigures(long Count, double Median, double Percentile90, double Percentile99, double Longest, double Total)
{
    /// <summary>The figures of waits.</summary>
    /// <param name="sorted">How long each was, the shortest first.</param>
    public static StallFigures Of(IReadOnlyList<double> sorted)
    {
        ArgumentNullException.ThrowIfNull(sorted);
        return new StallFigures(sorted.Count, Percentile(sorted, 50), Percentile(sorted, 90), Percentile(sorted, 99), Percentile(sorted, 100), sorted.Sum());
    }

    /// <summary>The smallest value that a percentage of all does not exceed (nearest rank); 0 if there is none.</summary>
    /// <param name="sorted">The values, the smallest first.</param>
    /// <param name="percentage">Above 0, to 100.</param>
    public static double Percentile(IReadOnlyList<double> sorted, int percentage)
    {
        ArgumentNullException.ThrowIfNull(sorted);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(percentage);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percentage, 100);
        return sorted.Count == 0 ? 0 : sorted[(int)((((long)percentage * sorted.Count) + 99) / 100) - 1];
    }
}
