using System.IO.Compression;
using System.Text;

namespace Vmemmap.Generators.Tests.KernelConfigs;

/// <summary>The real configurations of tests/fixtures/kernel-configs, decompressed in memory.</summary>
internal static class ConfigFixture
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "fixtures", "kernel-configs");

    public static string[] Names { get; } =
        [.. Directory.GetFiles(Folder, "*.gz").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];

    public static ConfigText Read(string name)
    {
        using GZipStream gzip = new(File.OpenRead(Path.Combine(Folder, name + ".gz")), CompressionMode.Decompress);
        using StreamReader reader = new(gzip, Encoding.UTF8);
        return new ConfigText(name, reader.ReadToEnd());
    }
}
