using System.Globalization;

namespace Vmemmap.Tool;

/// <summary>Speeds of links: decimal units, as networks have them.</summary>
internal static class LinkSpeed
{
    private const string Letters = "KMGT";

    /// <summary>Reads bits in a second: "100G", "400M". Not 0.</summary>
    /// <param name="text">The text.</param>
    /// <param name="bitsPerSecond">The speed.</param>
    public static bool TryParse(string text, out long bitsPerSecond)
    {
        int unit = text.Length > 0 ? Letters.IndexOf(char.ToUpperInvariant(text[^1]), StringComparison.Ordinal) : -1;
        decimal factor = 1;
        for (int i = 0; i <= unit; i++)
        {
            factor *= 1000;
        }

        bool valid = decimal.TryParse(
            unit < 0 ? text : text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)
            && value <= long.MaxValue / factor;
        bitsPerSecond = valid ? (long)(value * factor) : 0;
        return bitsPerSecond > 0;
    }

    /// <summary>"100 Gbit/s".</summary>
    public static string Of(long bitsPerSecond)
    {
        double value = bitsPerSecond;
        int unit = -1;
        while (value >= 1000 && unit < Letters.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        string letter = unit < 0 ? string.Empty : unit == 0 ? "k" : Letters[unit].ToString();
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.###} {letter}bit/s");
    }
}
