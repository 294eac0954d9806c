using System.Globalization;

namespace Vmemmap.Tool;

/// <summary>Spans of time as they are written: "25us", "85.95 ms".</summary>
internal static class TimeText
{
    private static readonly (string Name, double Nanoseconds)[] Units = [("ns", 1), ("us", 1e3), ("ms", 1e6), ("s", 1e9)];

    /// <summary>Reads a time with its unit: "500ns", "25us", "1.5ms", "2s".</summary>
    /// <param name="text">The text.</param>
    /// <param name="nanoseconds">The time.</param>
    public static bool TryParse(string text, out double nanoseconds)
    {
        foreach ((string name, double factor) in Units)
        {
            if (text.EndsWith(name, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - name.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value))
            {
                nanoseconds = value * factor;
                return double.IsFinite(nanoseconds);
            }
        }

        nanoseconds = 0;
        return false;
    }

    /// <summary>"330 ns", "61.4 us", "85.9 ms": three digits.</summary>
    public static string Of(double nanoseconds)
    {
        (string name, double factor) = Units.Last(unit => unit.Nanoseconds == 1 || nanoseconds >= unit.Nanoseconds * 0.9995);
        double value = nanoseconds / factor;
        string form = value < 9.995 && factor > 1 ? "0.00" : value < 99.95 && factor > 1 ? "0.0" : "0";
        return $"{value.ToString(form, CultureInfo.InvariantCulture)} {name}";
    }

    /// <summary>"10 us", "1.5 ms": all digits of a time that was given, or of a tick.</summary>
    public static string Exact(double nanoseconds)
    {
        (string name, double factor) = Units.Last(unit => unit.Nanoseconds == 1 || nanoseconds >= unit.Nanoseconds * 0.9999);
        return nanoseconds == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / factor:0.######} {name}");
    }
}
