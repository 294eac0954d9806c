using System.Globalization;
using System.Text;

namespace Vmemmap.Generators.Emission;

/// <summary>C# literals, the same under every culture.</summary>
internal static class Literal
{
    public static string Int(int value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Long(long value) => value.ToString(CultureInfo.InvariantCulture) + "L";

    public static string Double(double value) => value.ToString("R", CultureInfo.InvariantCulture) + "D";

    public static string Bool(bool value) => value ? "true" : "false";

    /// <summary>A mask, its digits in groups of four where there are many.</summary>
    public static string Mask(ulong value)
    {
        string digits = value.ToString("x", CultureInfo.InvariantCulture);
        if (digits.Length <= 4)
        {
            return $"0x{digits}UL";
        }

        StringBuilder grouped = new("0x");
        for (int i = 0; i < digits.Length; i++)
        {
            if (i > 0 && (digits.Length - i) % 4 == 0)
            {
                grouped.Append('_');
            }

            grouped.Append(digits[i]);
        }

        return grouped.Append("UL").ToString();
    }

    /// <summary>A string; names of tables hold nothing that would need an escape.</summary>
    public static string Text(string value) => $"\"{value}\"";
}
