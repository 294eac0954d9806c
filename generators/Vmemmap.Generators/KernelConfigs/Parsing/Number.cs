using System.Globalization;

namespace Vmemmap.Generators.KernelConfigs.Parsing;

/// <summary>Numbers as the kernel's build writes and reads them, under every culture.</summary>
internal static class Number
{
    public static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads decimal digits, no sign, up to nine of them.</summary>
    public static bool TryParse(string text, out int value)
    {
        value = 0;
        return text.Length is > 0 and <= 9 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }
}
