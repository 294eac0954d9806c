using System.IO.Compression;
using System.Reflection;

namespace Vmemmap.Dumps.Tests;

/// <summary>The real images that come with the source.</summary>
internal static class Fixture
{
    private static readonly string Root = typeof(Fixture).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!;

    public static string Folder => Path.Combine(Root, "tests", "fixtures");

    public static string Image(string name) => Path.Combine(Folder, name + ".core.gz");

    public static string[] Vmcoreinfo(string name) =>
        [.. File.ReadAllLines(Path.Combine(Folder, name + ".vmcoreinfo.txt")).Where(line => line.Length > 0)];

    public static byte[] Unpacked(string name)
    {
        using var stream = new GZipStream(File.OpenRead(Image(name)), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
