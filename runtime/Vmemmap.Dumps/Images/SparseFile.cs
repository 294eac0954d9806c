using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vmemmap.Dumps;

/// <summary>
/// Finds the holes of a file: parts that were never written, take no space and read as zero. Reading them is slow all the same, as
/// the system makes a page of zeros for each, and most of a machine's dump often is holes.
/// </summary>
internal static partial class SparseFile
{
    private const int SeekData = 3;
    private const int SeekHole = 4;
    private const int NoMoreData = 6;

    /// <summary>The first offset from one on that is in no hole; <see cref="long.MaxValue"/> if the rest of the file is one.</summary>
    /// <remarks>Where the system cannot tell, no byte is in a hole.</remarks>
    internal static long NextData(SafeFileHandle handle, long offset)
    {
        if (!OperatingSystem.IsLinux())
        {
            return offset;
        }

        long data = Seek(handle, offset, SeekData);
        return data >= 0 ? data : Marshal.GetLastPInvokeError() == NoMoreData ? long.MaxValue : offset;
    }

    /// <summary>The first hole from an offset on that is in none; <see cref="long.MaxValue"/> if there is none before the end.</summary>
    internal static long NextHole(SafeFileHandle handle, long offset)
    {
        long hole = OperatingSystem.IsLinux() ? Seek(handle, offset, SeekHole) : -1;
        return hole >= 0 ? hole : long.MaxValue;
    }

    // Moves the handle's position, which nothing uses: all reads say where they read.
    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(SafeFileHandle handle, long offset, int whence);
}
