using System.Globalization;

namespace Vmemmap.Dumps;

/// <summary>The spellings of numbers in VMCOREINFO.</summary>
internal static class VmcoreinfoNumber
{
    /// <summary>Signed decimal, unsigned decimal beyond that, or 0x hexadecimal, all wrapped to 64 bits.</summary>
    internal static bool TryParse(string text, out long number)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            bool parsed = ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong hex);
            number = (long)hex;
            return parsed;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
        {
            return true;
        }

        bool isUnsigned = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong large);
        number = (long)large;
        return isUnsigned;
    }

    /// <summary>Hexadecimal, with or without 0x: the kernel writes SYMBOL and KERNELOFFSET without.</summary>
    internal static bool TryParseHex(string text, out ulong number) => ulong.TryParse(
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(2) : text,
        NumberStyles.AllowHexSpecifier,
        CultureInfo.InvariantCulture,
        out number);
}
