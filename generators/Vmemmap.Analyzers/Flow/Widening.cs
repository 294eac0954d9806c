using System.Collections.Generic;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Flow;

/// <summary>Bounds that moved since the last time are given up: first to the next number that the code compares with, then altogether.</summary>
internal static class Widening
{
    /// <summary>Widens a value.</summary>
    /// <param name="before">The value that was known.</param>
    /// <param name="now">The value as it is now.</param>
    /// <param name="compared">Numbers that the variable is compared with; null if there are none, or they did not help.</param>
    public static Value Of(Value before, Value now, SortedSet<long>? compared) => (before, now) switch
    {
        (Number a, Number b) => b with { Range = Of(a.Range, b.Range, compared) },
        (Place a, Place b) => b with { Index = b.Index with { Range = Of(a.Index.Range, b.Index.Range) } },
        (PageRange a, PageRange b) => b with { First = Of(a.First, b.First), Length = Of(a.Length, b.Length), Limit = b.Limit > a.Limit ? long.MaxValue : b.Limit },
        _ => now,
    };

    private static Interval Of(Interval before, Interval now, SortedSet<long>? compared)
    {
        Interval wide = Of(before, now);
        if (compared is null)
        {
            return wide;
        }

        foreach (long number in compared)
        {
            wide = number >= now.High && number < wide.High ? new Interval(wide.Low, number) : wide;
            wide = number <= now.Low && number > wide.Low ? new Interval(number, wide.High) : wide;
        }

        return wide;
    }

    // Down to 0 first: most loops count, and an index below 0 is none.
    private static Interval Of(Interval before, Interval now) => new(
        now.Low >= before.Low ? now.Low : now.Low >= 0 ? 0 : long.MinValue,
        now.High <= before.High ? now.High : long.MaxValue);
}
