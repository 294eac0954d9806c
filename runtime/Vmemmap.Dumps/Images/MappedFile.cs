using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Vmemmap.Dumps;

/// <summary>A whole file mapped read-only, its address held until disposal.</summary>
/// <remarks>
/// A mapped file must not be cut shorter while it is mapped: touching a page beyond its new end kills the process, on every
/// operating system. What reads a lot of it once should use <see cref="Read"/>, which leaves no pages behind in this process.
/// </remarks>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly string _image;
    private readonly SafeFileHandle _handle;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private bool _disposed;

    private MappedFile(string image, SafeFileHandle handle, MemoryMappedFile file, MemoryMappedViewAccessor view, byte* data)
    {
        _image = image;
        _handle = handle;
        _file = file;
        _view = view;
        Data = data;
    }

    /// <summary>The first byte of the file.</summary>
    internal byte* Data { get; }

    /// <summary>Maps a file and owns its handle from then on, also if that fails.</summary>
    internal static MappedFile Map(string image, SafeFileHandle handle)
    {
        MemoryMappedFile? file = null;
        MemoryMappedViewAccessor? view = null;
        try
        {
            file = MemoryMappedFile.CreateFromFile(
                handle, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            byte* data = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref data);
            return new MappedFile(image, handle, file, view, data + view.PointerOffset);
        }
        catch (Exception error) when (
            error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException or OutOfMemoryException)
        {
            view?.Dispose();
            file?.Dispose();
            handle.Dispose();
            throw new ImageFormatException(
                image, $"cannot be mapped into memory ({error.Message}); copy it to a regular file on a local disk first", error);
        }
    }

    /// <summary>Fills a buffer from the file, not through the mapping.</summary>
    internal void Read(long offset, Span<byte> destination) => FileRead.Exactly(_image, _handle, offset, destination);

    /// <summary>See <see cref="SparseFile.NextData"/>.</summary>
    internal long NextData(long offset) => SparseFile.NextData(_handle, offset);

    /// <summary>See <see cref="SparseFile.NextHole"/>.</summary>
    internal long NextHole(long offset) => SparseFile.NextHole(_handle, offset);

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
        _handle.Dispose();
    }
}
