using Vmemmap.SyntheticImages;

namespace Vmemmap.Tool.Tests.Synthetic;

/// <summary>An image as a file, for the length of a test.</summary>
internal sealed class TemporaryImage : IDisposable
{
    internal TemporaryImage(SyntheticImage image)
        : this(image.Write)
    {
    }

    internal TemporaryImage(Action<Stream> write, string extension = ".core")
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"vmemmap-test-{Guid.NewGuid():N}{extension}");
        using FileStream file = new(Path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
        write(file);
    }

    internal string Path { get; }

    public void Dispose() => File.Delete(Path);
}
