using Microsoft.Win32.SafeHandles;

namespace Vmemmap.Dumps;

/// <summary>Makes a file that is gone when its handle is closed, whatever ends the process.</summary>
internal static class TemporaryFile
{
    /// <summary>The directory that temporary files go to.</summary>
    internal static string Folder => Path.GetTempPath();

    /// <summary>Creates one, open for reading and writing by this process only.</summary>
    internal static SafeFileHandle Create()
    {
        string path = Path.Combine(Folder, $"vmemmap-{Guid.NewGuid():N}.image");
        if (OperatingSystem.IsWindows())
        {
            return File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, FileOptions.DeleteOnClose);
        }

        // A FileStream because only it can create a file that others cannot read: memory images hold secrets.
        using var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            BufferSize = 0,
        });
        SafeFileHandle handle = Reopen(path);
        // Without a name it goes away with its last handle, also when the process is killed.
        File.Delete(path);
        return handle;
    }

    private static SafeFileHandle Reopen(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
}
