using System;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Flow;

/// <summary>What is known of a value where two paths meet.</summary>
internal static class ValueJoin
{
    /// <summary>Joins two values whose huge pages agree.</summary>
    /// <returns>Null if nothing is known any more.</returns>
    public static Value? Of(Value? left, Value? right)
    {
        if (left is null || right is null)
        {
            return LostIfPlace(left ?? right);
        }

        if (left.Equals(right))
        {
            return left;
        }

        return (left, right) switch
        {
            (View a, View b) when a.Id == b.Id && a.IsScope == b.IsScope => a with { IsStale = a.IsStale || b.IsStale },
            (Outcome { IsChange: false }, Absent) => left,
            (Absent, Outcome { IsChange: false }) => right,
            (Place a, Elsewhere) => a with { IsPartial = true },
            (Elsewhere, Place b) => b with { IsPartial = true },
            (Number a, Number b) => Numbers(a, b),
            (Place a, Place b) when Origins(a.Origin, b.Origin) is { } origin =>
                new Place(origin, Numbers(a.Index, b.Index), a.IsReadOnly && b.IsReadOnly, a.IsPartial || b.IsPartial),
            (PageRange a, PageRange b) when Origins(a.Origin, b.Origin) is { } origin =>
                new PageRange(
                    origin,
                    a.First.Join(b.First),
                    a.Length.Join(b.Length),
                    a.IsReadOnly && b.IsReadOnly,
                    Math.Max(a.Limit, b.Limit),
                    a.Within == b.Within ? a.Within : PageIds.None),
            (Outcome a, Outcome b) when a.Id == b.Id && a.IsChange == b.IsChange =>
                new Outcome(a.Id, a.OnSuccess | b.OnSuccess, a.OnFailure | b.OnFailure, a.IsChange),
            _ => LostIfPlace(left) ?? LostIfPlace(right),
        };
    }

    public static Number Numbers(Number left, Number right) => new(
        left.Range.Join(right.Range),
        left.Bound.Intersect(right.Bound),
        left.Below.Intersect(right.Below));

    private static Origin? Origins(Origin left, Origin right) => left.Page == right.Page
        ? new Origin(left.Page, left.Tail.Join(right.Tail), left.Source, left.Syntax, left.IsTold && right.IsTold, left.IsScoped && right.IsScoped)
        : null;

    private static Value? LostIfPlace(Value? value) => value is Place or PageRange or Lost ? Lost.Track : null;
}
