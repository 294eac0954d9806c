using System;
using System.Globalization;

namespace Vmemmap.Analyzers.Accesses;

/// <summary>Whole numbers from one to another, both included; the ends of <see cref="long"/> stand for "no bound".</summary>
internal readonly struct Interval : IEquatable<Interval>
{
    public Interval(long low, long high)
    {
        Low = low;
        High = high;
    }

    /// <summary>Every number.</summary>
    public static Interval All => new(long.MinValue, long.MaxValue);

    /// <summary>Every number that can be an index.</summary>
    public static Interval NotNegative => new(0, long.MaxValue);

    public long Low { get; }

    public long High { get; }

    /// <summary>Whether there is no number in it: code that sees one is never reached.</summary>
    public bool IsEmpty => Low > High;

    public bool IsConstant => Low == High;

    public static bool operator ==(Interval left, Interval right) => left.Equals(right);

    public static bool operator !=(Interval left, Interval right) => !left.Equals(right);

    public static Interval Of(long value) => new(value, value);

    public bool Contains(Interval other) => other.IsEmpty || (Low <= other.Low && other.High <= High);

    public Interval Intersect(Interval other) => new(Math.Max(Low, other.Low), Math.Min(High, other.High));

    /// <summary>The smallest interval with both.</summary>
    public Interval Join(Interval other) =>
        IsEmpty ? other : other.IsEmpty ? this : new(Math.Min(Low, other.Low), Math.Max(High, other.High));

    public Interval Plus(Interval other) => new(
        Low == long.MinValue || other.Low == long.MinValue ? long.MinValue : Saturated((decimal)Low + other.Low),
        High == long.MaxValue || other.High == long.MaxValue ? long.MaxValue : Saturated((decimal)High + other.High));

    public Interval Negated() => new(
        High == long.MaxValue ? long.MinValue : High == long.MinValue ? long.MaxValue : -High,
        Low == long.MinValue ? long.MaxValue : Low == long.MaxValue ? long.MinValue : -Low);

    public Interval Minus(Interval other) => Plus(other.Negated());

    public bool Equals(Interval other) => Low == other.Low && High == other.High;

    public override bool Equals(object? obj) => obj is Interval other && Equals(other);

    public override int GetHashCode() => unchecked((Low.GetHashCode() * 397) ^ High.GetHashCode());

    /// <summary>As messages show it: "5", "1..511", "64..".</summary>
    public override string ToString()
    {
        string low = Low == long.MinValue ? string.Empty : Low.ToString(CultureInfo.InvariantCulture);
        string high = High == long.MaxValue ? string.Empty : High.ToString(CultureInfo.InvariantCulture);
        return IsConstant ? low : low + ".." + high;
    }

    /// <summary>A number as near as <see cref="long"/> comes to it.</summary>
    internal static long Saturated(decimal value) =>
        value <= long.MinValue ? long.MinValue : value >= long.MaxValue ? long.MaxValue : (long)value;
}
