using Microsoft.Win32.SafeHandles;

namespace Vmemmap.Dumps;

/// <summary>Opens a path as an image's bytes, compressed or not: decided by what the file starts with, never by its name.</summary>
internal static class ImageSource
{
    private static ReadOnlySpan<byte> GzipMagic => [0x1f, 0x8b];

    /// <summary>Opens an image.</summary>
    /// <exception cref="ImageFormatException">The file is missing, is no file, or is empty.</exception>
    internal static IImageBytes Open(string path, IProgress<ImageProgress>? progress, CancellationToken cancellation)
    {
        SafeFileHandle handle = OpenHandle(path);
        try
        {
            long length = LengthOf(path, handle);
            Span<byte> magic = stackalloc byte[2];
            if (length >= magic.Length)
            {
                FileRead.Exactly(path, handle, 0, magic);
                if (magic.SequenceEqual(GzipMagic))
                {
                    return new GzipBytes(path, handle, progress, cancellation);
                }
            }

            return new PlainBytes(path, handle, length);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static SafeFileHandle OpenHandle(string path)
    {
        if (Directory.Exists(path))
        {
            throw new ImageFormatException(path, "this is a directory; name the image file in it");
        }

        try
        {
            return UnblockedOpen.Open(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ImageFormatException(path, "no such file; check the path", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new ImageFormatException(path, "permission denied; images of kernels are often readable by root only", error);
        }
        catch (Exception error) when (error is IOException or ArgumentException or NotSupportedException)
        {
            throw new ImageFormatException(path, $"cannot be opened ({error.Message})", error);
        }
    }

    private static long LengthOf(string path, SafeFileHandle handle)
    {
        long length;
        try
        {
            length = RandomAccess.GetLength(handle);
        }
        catch (Exception error) when (error is IOException or NotSupportedException)
        {
            throw new ImageFormatException(
                path, "this is a pipe or a device, which cannot be mapped; save it to a regular file first", error);
        }

        if (length > 0)
        {
            return length;
        }

        // Files of /proc and block devices say 0 and still have content: another remedy than for a file that is really empty.
        Span<byte> probe = stackalloc byte[1];
        bool hasContent = false;
        try
        {
            hasContent = RandomAccess.Read(handle, probe, 0) > 0;
        }
        catch (Exception error) when (error is IOException or NotSupportedException or UnauthorizedAccessException)
        {
            // Unreadable is as good as empty here.
        }

        throw new ImageFormatException(path, hasContent
            ? "the file says its length is 0 but has content (a /proc file or a device), which cannot be mapped; "
                + "copy it to a regular file first"
            : "the file is empty (0 bytes); the dump was probably not completed");
    }
}
