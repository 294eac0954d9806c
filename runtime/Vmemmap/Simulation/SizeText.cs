using System.Globalization;

namespace Vmemmap.Simulation;

/// <summary>Sizes as the kernel's users write them.</summary>
internal static class SizeText
{
    private const string Letters = "KMGTPE";

    /// <summary>"2M", "64G"; bytes where nothing else is exact.</summary>
    public static string Of(ulong bytes)
    {
        int unit = -1;
        while (bytes >= 1024 && bytes % 1024 == 0 && unit < Letters.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return unit < 0
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes} {(bytes == 1 ? "byte" : "bytes")}")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes}{Letters[unit]}");
    }
}
