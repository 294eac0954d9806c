using System.Globalization;

namespace Vmemmap.Tables.Parsing;

/// <summary>Sizes as the kernel's users write them: 4K, 2M, 1G.</summary>
internal static class SizeText
{
    private const string Units = "KMGTPE";

    /// <summary>The size with the largest unit that divides it.</summary>
    /// <param name="shift">log2 of the bytes.</param>
    public static string Format(int shift)
    {
        int unit = shift / 10;
        string number = (1 << (shift % 10)).ToString(CultureInfo.InvariantCulture);
        return unit == 0 ? number : number + Units[unit - 1];
    }

    /// <summary>Reads a size that is a power of two.</summary>
    /// <param name="text">Digits and a unit.</param>
    /// <param name="shift">log2 of the bytes.</param>
    /// <returns>False if it is no such size, or is not spelt as above.</returns>
    public static bool TryParse(string text, out int shift)
    {
        shift = 0;
        int digits = 0;
        while (digits < text.Length && text[digits] is >= '0' and <= '9')
        {
            digits++;
        }

        int unit = digits < text.Length ? Units.IndexOf(text[digits]) + 1 : 0;
        bool isSpelt = text.Length == digits || (text.Length == digits + 1 && unit > 0);
        if (!isSpelt
            || !ulong.TryParse(text.Substring(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            || number == 0
            || (number & (number - 1)) != 0)
        {
            return false;
        }

        for (shift = unit * 10; number > 1; number >>= 1)
        {
            shift++;
        }

        return shift < 64;
    }

    /// <summary>The size that a misspelt one was meant to be ("4k", "4KB", "4 KiB"), or null.</summary>
    public static string? Nearest(string text)
    {
        string upper = text.ToUpperInvariant().Replace("IB", "").Replace("B", "").Replace(" ", "");
        return TryParse(upper, out int shift) ? Format(shift) : null;
    }
}
