using System.IO.Compression;
using Vmemmap.Package.Tests.Feed;

namespace Vmemmap.Package.Tests;

/// <summary>The configurations of real kernels among the fixtures.</summary>
internal static class KernelConfigs
{
    /// <summary>Reads one.</summary>
    /// <param name="name">"config-6.1.0-56-amd64".</param>
    public static string Read(string name)
    {
        using FileStream file = File.OpenRead(Path.Combine(PackedFeed.Repository, "tests", "fixtures", "kernel-configs", name + ".gz"));
        using StreamReader reader = new(new GZipStream(file, CompressionMode.Decompress));
        return reader.ReadToEnd();
    }
}
