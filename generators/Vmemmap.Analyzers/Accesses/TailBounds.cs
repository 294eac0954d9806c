using System;
using System.Globalization;

namespace Vmemmap.Analyzers.Accesses;

/// <summary>From which index on struct pages are read-only while their huge page is optimized: exactly, or between two bounds.</summary>
internal readonly struct TailBounds : IEquatable<TailBounds>
{
    /// <summary>What stands for "no index is read-only".</summary>
    public const long Never = long.MaxValue;

    public TailBounds(long lowest, long highest, string variant, bool? isMappedReadOnly)
    {
        Lowest = lowest;
        Highest = highest;
        Variant = variant;
        IsMappedReadOnly = isMappedReadOnly;
    }

    /// <summary>The lowest first read-only index that is possible.</summary>
    public long Lowest { get; }

    /// <summary>The highest that is possible; <see cref="Never"/> if there may be no read-only tail.</summary>
    public long Highest { get; }

    /// <summary>What it was worked out for: "arm64-4k, 2M, reserve-one"; empty if it was given as a number.</summary>
    public string Variant { get; }

    /// <summary>Whether a kernel's page tables deny a write there; false if the write goes through, null if the architecture is not known.</summary>
    public bool? IsMappedReadOnly { get; }

    /// <summary>As messages show it: "read-only from 64 (arm64-4k, 2M, reserve-one)".</summary>
    public override string ToString()
    {
        string from = Lowest.ToString(CultureInfo.InvariantCulture);
        string text = Lowest == Highest ? "read-only from " + from : "read-only from " + from + " at the earliest";
        return Variant.Length == 0 ? text : text + " (" + Variant + ")";
    }

    /// <summary>Bounds that hold for both.</summary>
    public TailBounds Join(TailBounds other) => new(
        Math.Min(Lowest, other.Lowest),
        Math.Max(Highest, other.Highest),
        Variant == other.Variant ? Variant : string.Empty,
        IsMappedReadOnly == other.IsMappedReadOnly ? IsMappedReadOnly : null);

    public bool Equals(TailBounds other) =>
        Lowest == other.Lowest && Highest == other.Highest && Variant == other.Variant && IsMappedReadOnly == other.IsMappedReadOnly;

    public override bool Equals(object? obj) => obj is TailBounds other && Equals(other);

    public override int GetHashCode() => unchecked((Lowest.GetHashCode() * 397) ^ Highest.GetHashCode());
}
