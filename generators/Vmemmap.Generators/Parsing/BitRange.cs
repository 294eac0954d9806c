using System.Globalization;

namespace Vmemmap.Tables.Parsing;

/// <summary>A run of bits, written high bit first as the manuals do: "20:12".</summary>
/// <param name="High">Highest bit.</param>
/// <param name="Low">Lowest bit.</param>
internal readonly record struct BitRange(int High, int Low)
{
    /// <summary>Number of bits.</summary>
    public int Count => High - Low + 1;

    /// <summary>The bits as a mask.</summary>
    public ulong Mask => High < Low ? 0 : (ulong.MaxValue >> (63 - High)) & (ulong.MaxValue << Low);

    public override string ToString() => string.Format(CultureInfo.InvariantCulture, "{0}:{1}", High, Low);

    /// <summary>The bits in words: "bit 25" or "bits 25:24".</summary>
    public string InWords => Count == 1 ? string.Format(CultureInfo.InvariantCulture, "bit {0}", Low) : $"bits {this}";
}
