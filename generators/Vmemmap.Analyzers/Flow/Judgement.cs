using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Flow;

/// <summary>The verdict on an access.</summary>
internal static class Judgement
{
    /// <summary>One struct page, whose index is in an interval.</summary>
    public static Verdict OfPlace(Place place, PageStates states)
    {
        TailBounds tail = place.Origin.Tail;
        Interval range = place.Index.Range.Intersect(Interval.NotNegative);
        if (range.IsEmpty || range.High < tail.Lowest || tail.Lowest == TailBounds.Never || (states & PageStates.Optimized) == 0
            || place.Index.Below.Contains(place.Origin.Page) || place.Origin.IsScoped)
        {
            return Verdict.Safe;
        }

        return states == PageStates.Optimized && range.Low >= tail.Highest && !place.IsPartial ? Verdict.Must : Verdict.May;
    }

    /// <summary>All of several struct pages.</summary>
    /// <param name="range">The struct pages.</param>
    /// <param name="states">The states of their huge page.</param>
    /// <param name="isWhole">Whether all are touched for certain; else some are.</param>
    public static Verdict OfRange(PageRange range, PageStates states, bool isWhole)
    {
        TailBounds tail = range.Origin.Tail;
        if (range.Length.High <= 0 || range.Reach.High < tail.Lowest || tail.Lowest == TailBounds.Never || (states & PageStates.Optimized) == 0
            || (range.Within != PageIds.None && range.Within == range.Origin.Page) || range.Origin.IsScoped)
        {
            return Verdict.Safe;
        }

        long certain = isWhole ? range.Last.Low : range.First.Low;
        return states == PageStates.Optimized && range.Length.Low > 0 && certain >= tail.Highest ? Verdict.Must : Verdict.May;
    }

    /// <summary>A use of what may be dissolved.</summary>
    public static Verdict OfDissolved(PageStates states) => OfEvidence(states, PageStates.Dissolved);

    /// <summary>What needs a restored huge page.</summary>
    public static Verdict OfRestoredOnly(PageStates states) => OfEvidence(states, PageStates.Optimized);

    // Where nothing was said there is no evidence: that somebody outside may have done it is no reason to warn everywhere.
    private static Verdict OfEvidence(PageStates states, PageStates bad)
    {
        if (states == bad)
        {
            return Verdict.Must;
        }

        if ((states & bad) == 0)
        {
            return Verdict.Safe;
        }

        return (states & PageStates.Unsaid) != 0 && bad != PageStates.Dissolved ? Verdict.Unknown : Verdict.May;
    }
}
