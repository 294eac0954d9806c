using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vmemmap.Dumps;

/// <summary>
/// Opens a file for reading without waiting for a writer: opening a named pipe that nobody writes to would never return, and the
/// framework has no way to ask what a path is before it opens it.
/// </summary>
internal static partial class UnblockedOpen
{
    // The generic Linux values of O_RDONLY | O_NONBLOCK | O_CLOEXEC, the same on every Linux that .NET runs on. O_NONBLOCK
    // means nothing to regular files, so the handle can be used as it is.
    private const int ReadOnlyNonBlockingCloseOnExec = 0x0 | 0x800 | 0x80000;

    /// <summary>Opens the file; throws what <see cref="File.OpenHandle"/> throws.</summary>
    internal static SafeFileHandle Open(string path)
    {
        if (OperatingSystem.IsLinux() && !Directory.Exists(path))
        {
            int descriptor = OpenOnLinux(path, ReadOnlyNonBlockingCloseOnExec);
            if (descriptor >= 0)
            {
                return new SafeFileHandle(descriptor, ownsHandle: true);
            }
        }

        // Also where the call above failed: it fails again here, with the framework's exception for it.
        return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenOnLinux(string path, int flags);
}
