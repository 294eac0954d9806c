using System.Globalization;

namespace Vmemmap.Dumps.Tests.RealImages;

/// <summary>
/// What a kernel said of itself while its image was taken (kpageflags, its static key, its page-table dump), as "key: value" lines
/// beside the image.
/// </summary>
internal sealed class Truth
{
    private readonly List<(string Key, string Value)> _lines = [];

    private Truth(string path)
    {
        foreach (string line in File.ReadLines(path))
        {
            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (colon > 0)
            {
                _lines.Add((line[..colon], line[(colon + 2)..]));
            }
        }
    }

    public static Truth Read(string path) => new(path);

    public string Text(string key) => _lines.First(l => l.Key == key).Value;

    public string? TextOrNull(string key) => _lines.FirstOrDefault(l => l.Key == key).Value;

    public long Number(string key) => ParseNumber(Text(key));

    public long NumberOrZero(string key) => TextOrNull(key) is { } text ? ParseNumber(text) : 0;

    /// <summary>The lines of a repeated key, each as its "name=value" words.</summary>
    public IEnumerable<Dictionary<string, string>> Records(string key) => _lines
        .Where(l => l.Key == key)
        .Select(l => l.Value.Split(' ').Where(w => w.Contains('=')).ToDictionary(w => w[..w.IndexOf('=')], w => w[(w.IndexOf('=') + 1)..]));

    public static long ParseNumber(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? (long)ulong.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        : long.Parse(text, CultureInfo.InvariantCulture);
}
