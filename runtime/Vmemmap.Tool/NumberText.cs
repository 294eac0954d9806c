using System.Globalization;

namespace Vmemmap.Tool;

/// <summary>Numbers as kernel engineers write and read them.</summary>
internal static class NumberText
{
    private static readonly string[] Units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>Reads an address as an oops prints it: hexadecimal, with or without 0x.</summary>
    public static bool TryParseAddress(string text, out ulong value) => ulong.TryParse(
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(2) : text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);

    /// <summary>Reads a PFN: decimal, or hexadecimal with 0x.</summary>
    public static bool TryParsePfn(string text, out ulong value) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        ? TryParseAddress(text, out value)
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    /// <summary>"0x1f".</summary>
    public static string Hex(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

    /// <summary>"19525632 bytes (18.6 MiB)".</summary>
    public static string Bytes(long bytes) => Math.Abs(bytes) < 1024
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes ({Short(bytes)})");

    /// <summary>"18.6 MiB".</summary>
    public static string Short(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (Math.Abs(value) >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {Units[unit]}");
    }

    /// <summary>"2M", as huge page sizes are written.</summary>
    public static string Size(long bytes)
    {
        string letters = "BKMGT";
        int unit = 0;
        while (bytes >= 1024 && bytes % 1024 == 0 && unit < letters.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes}{letters[unit]}");
    }
}
