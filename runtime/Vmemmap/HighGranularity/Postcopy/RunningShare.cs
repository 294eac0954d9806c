namespace Vmemmap.HighGranularity;

/// <summary>The share of vCPUs that do not wait, over time.</summary>
internal static class RunningShare
{
    private const int Parts = 200;

    /// <summary>The share, 0 to 1, in each of equal parts of the time.</summary>
    /// <param name="stalls">The waits.</param>
    /// <param name="end">The end of the time, which begins at 0.</param>
    /// <param name="virtualCpus">vCPUs.</param>
    public static double[] Of(IReadOnlyList<Stall> stalls, double end, int virtualCpus)
    {
        double part = end / Parts;
        double[] waited = new double[Parts];
        foreach (Stall stall in stalls)
        {
            double stallEnd = Math.Min(end, stall.Began + stall.Length);
            int last = Math.Min(Parts - 1, (int)(stallEnd / part));
            for (int i = Math.Min(Parts - 1, (int)(stall.Began / part)); i <= last; i++)
            {
                waited[i] += Math.Max(0, Math.Min(stallEnd, (i + 1) * part) - Math.Max(stall.Began, i * part));
            }
        }

        return [.. waited.Select(time => Math.Clamp(1 - (time / (part * virtualCpus)), 0, 1))];
    }
}
