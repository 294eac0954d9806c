using Microsoft.Win32.SafeHandles;

namespace Vmemmap.Dumps;

/// <summary>An image that is stored as it is.</summary>
internal sealed class PlainBytes(string image, SafeFileHandle handle, long length) : IImageBytes
{
    private SafeFileHandle? _handle = handle;

    public string Image => image;

    public long Provide(long wanted) => Math.Min(wanted, length);

    public void Read(long offset, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_handle is null, this);
        FileRead.Exactly(image, _handle, offset, destination);
    }

    public SafeFileHandle TakeHandle()
    {
        ObjectDisposedException.ThrowIf(_handle is null, this);
        SafeFileHandle taken = _handle;
        _handle = null;
        return taken;
    }

    public void Dispose()
    {
        _handle?.Dispose();
        _handle = null;
    }
}
