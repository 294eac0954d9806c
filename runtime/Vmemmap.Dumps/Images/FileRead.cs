using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Vmemmap.Dumps;

/// <summary>Reads that say where a file failed to give what it has.</summary>
internal static class FileRead
{
    /// <summary>Fills the buffer from an offset of the file.</summary>
    internal static void Exactly(string image, SafeFileHandle handle, long offset, Span<byte> destination)
    {
        try
        {
            while (!destination.IsEmpty)
            {
                int count = RandomAccess.Read(handle, destination, offset);
                if (count == 0)
                {
                    throw new ImageFormatException(image, string.Create(
                        CultureInfo.InvariantCulture,
                        $"offset 0x{offset:x}: the file became shorter while it was read; "
                            + $"copy the image first if it is still being written"));
                }

                destination = destination[count..];
                offset += count;
            }
        }
        catch (IOException error)
        {
            throw new ImageFormatException(image, string.Create(
                CultureInfo.InvariantCulture, $"offset 0x{offset:x}: cannot be read ({error.Message}); check the disk, "
                    + $"or copy the image first"), error);
        }
    }
}
