using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Emission;

/// <summary>How documentation names sizes and bits.</summary>
internal static class Words
{
    /// <summary>"4K", "512G".</summary>
    /// <param name="shift">log2 of the bytes.</param>
    public static string Size(int shift) => SizeText.Format(shift);

    /// <summary>"47:39", as manuals write it.</summary>
    public static string Bits(int high, int low) => new BitRange(high, low).ToString();
}
