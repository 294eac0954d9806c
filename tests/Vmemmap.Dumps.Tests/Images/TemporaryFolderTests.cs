namespace Vmemmap.Dumps.Tests;

/// <summary>Changes TMPDIR, so nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(TemporaryFolderTests), DisableParallelization = true)]
public sealed class TemporaryFolderCollection;

[Collection(nameof(TemporaryFolderTests))]
public sealed class TemporaryFolderTests
{
    [Fact]
    public void FolderThatIsNotThere_SaysWhatToSet()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new ScratchFolder();
        string path = folder.WriteGzip(new CoreWriter().Load(0x1000, new byte[16]).Build());
        string missing = Path.Combine(folder.Path, "none") + "/";
        string? before = Environment.GetEnvironmentVariable("TMPDIR");
        try
        {
            Environment.SetEnvironmentVariable("TMPDIR", missing);
            string message = Assert.Throws<ImageFormatException>(() => ElfCore.Open(path)).Message;
            Assert.StartsWith($"{path}: cannot create a temporary file in {missing} to unpack into (", message, StringComparison.Ordinal);
            Assert.EndsWith("; set TMPDIR to a writable directory", message, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("TMPDIR", before);
        }
    }
}
