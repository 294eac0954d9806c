using System.Globalization;
using System.Text.RegularExpressions;

namespace Vmemmap.Generators.Tests.KernelConfigs;

/// <summary>What a kernel said of itself, from tests/fixtures/*.truth.txt.</summary>
internal sealed partial class ImageTruth
{
    private readonly string[] _lines;

    public ImageTruth(string image) => _lines = File.ReadAllLines(Path.Combine(Repository.Root, "tests", "fixtures", image + ".truth.txt"));

    public string this[string key] => _lines.First(l => l.StartsWith(key + ": ", StringComparison.Ordinal))[(key.Length + 2)..];

    public int Number(string key) => int.Parse(this[key], CultureInfo.InvariantCulture);

    /// <summary>The boot log, in its order: bytes of each registered size, and KiB that can be freed for it, as the kernel itself worked them out.</summary>
    public IEnumerable<(ulong Size, long FreeableKiB)> BootLog => _lines.Select(l => Freeable().Match(l)).Where(m => m.Success)
        .Select(m => (Size(m.Groups["size"].Value, m.Groups["unit"].Value), long.Parse(m.Groups["kib"].Value, CultureInfo.InvariantCulture)));

    /// <summary>Huge pages of the pools: bytes, how many are optimized, and frames that these gave back together.</summary>
    public IEnumerable<(ulong Size, long Optimized, long Freed)> Pools => _lines.Select(l => Pool().Match(l)).Where(m => m.Success)
        .Select(m => (
            ulong.Parse(m.Groups["kb"].Value, CultureInfo.InvariantCulture) * 1024,
            long.Parse(m.Groups["optimized"].Value, CultureInfo.InvariantCulture),
            long.Parse(m.Groups["freed"].Value, CultureInfo.InvariantCulture)));

    private static ulong Size(string number, string unit) =>
        (ulong)(double.Parse(number, CultureInfo.InvariantCulture) * (unit == "K" ? 1024 : unit == "M" ? 1 << 20 : 1 << 30));

    [GeneratedRegex(@"HugeTLB: (?<kib>\d+) KiB vmemmap can be freed for a (?<size>[\d.]+) (?<unit>[KMG])iB page")]
    private static partial Regex Freeable();

    [GeneratedRegex(@"^pool: size_kb=(?<kb>\d+) nr=\d+ optimized=(?<optimized>\d+) .* freed=(?<freed>\d+)$")]
    private static partial Regex Pool();
}
