using System.Globalization;
using Vmemmap.HugeTlb;

namespace Vmemmap.Tool;

/// <summary>The values of <c>vmemmap simulate</c>, as they are written on a command line.</summary>
internal static class SimulateValues
{
    private const string Letters = "KMGTPE";

    /// <summary>Reads a size: "2M", "64G", "1T", or bytes. Not 0.</summary>
    public static bool TryParseSize(string text, out ulong bytes)
    {
        int unit = text.Length > 0 ? Letters.IndexOf(char.ToUpperInvariant(text[^1]), StringComparison.Ordinal) : -1;
        ReadOnlySpan<char> digits = unit < 0 ? text : text.AsSpan(0, text.Length - 1);
        int shift = 10 * (unit + 1);
        bool valid = ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) && value > 0 && value << shift >> shift == value;
        bytes = valid ? value << shift : 0;
        return valid;
    }

    /// <summary>Reads huge pages of a size: "2M:10240".</summary>
    public static bool TryParseHugePages(string text, out HugePageRequest pages)
    {
        string[] parts = text.Split(':');
        long count = 0;
        ulong bytes = 0;
        bool valid = parts.Length == 2
            && TryParseSize(parts[0], out bytes)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out count)
            && count > 0;
        pages = valid ? new HugePageRequest(bytes, count) : default;
        return valid;
    }

    /// <summary>Reads a probability: "0.01", "1%".</summary>
    public static bool TryParseProbability(string text, out double probability)
    {
        bool percent = text.EndsWith('%');
        bool valid = double.TryParse(
            percent ? text.AsSpan(0, text.Length - 1) : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out probability);
        probability = percent ? probability / 100 : probability;
        return valid && probability is >= 0 and <= 1;
    }
}
