using System.Diagnostics;

namespace Vmemmap.Dumps.Tests;

/// <summary>What is no readable file at all.</summary>
public sealed class FileErrorsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Missing_Fails() => Fails(Path.Combine(_folder.Path, "none"), "no such file; check the path");

    [Fact]
    public void MissingFolder_Fails() => Fails(Path.Combine(_folder.Path, "none", "none"), "no such file; check the path");

    [Fact]
    public void Folder_Fails() => Fails(_folder.Path, "this is a directory; name the image file in it");

    [Fact]
    public void EmptyFile_Fails() => Fails(_folder.Write([]), "the file is empty (0 bytes); the dump was probably not completed");

    [Fact]
    public void OneByte_IsNoElf() => Fails(
        _folder.Write([0x1f]), "offset 0x0: no ELF file (starts with 1f, not 7f454c46); give an ELF64 core, plain or gzip");

    [Fact]
    public void NameWithNewline_StaysOneLine() => Fails(
        Path.Combine(_folder.Path, "a\nb"), Path.Combine(_folder.Path, "a\\x0ab"), "no such file; check the path");

    [Fact]
    public void ProcFile_IsNamed()
    {
        if (OperatingSystem.IsLinux())
        {
            Fails(
                "/proc/version",
                "the file says its length is 0 but has content (a /proc file or a device), which cannot be mapped; "
                    + "copy it to a regular file first");
        }
    }

    [Fact]
    public void NamedPipeWithoutWriter_DoesNotHang()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        string path = Path.Combine(_folder.Path, "pipe");
        using (Process made = Process.Start("mkfifo", [path]))
        {
            made.WaitForExit();
        }

        Fails(path, "this is a pipe or a device, which cannot be mapped; save it to a regular file first");
    }

    private static void Fails(string path, string reason) => Fails(path, path, reason);

    private static void Fails(string path, string shownPath, string reason) =>
        Assert.Equal($"{shownPath}: {reason}", Assert.Throws<ImageFormatException>(() => ElfCore.Open(path)).Message);
}
