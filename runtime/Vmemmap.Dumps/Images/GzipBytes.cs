using System.Globalization;
using System.IO.Compression;
using Microsoft.Win32.SafeHandles;

namespace Vmemmap.Dumps;

/// <summary>
/// A gzip image, unpacked as far as asked into a temporary file: the memory that takes does not depend on the size of the image, and
/// what follows has one path, a file that can be mapped.
/// </summary>
internal sealed class GzipBytes : IImageBytes
{
    private const int ChunkSize = 256 * 1024;
    private const long ReportEvery = 16 * 1024 * 1024;

    // Asking for less than this is asking for headers; only what is longer is worth asking the disk for its free space.
    private const long FreeSpaceCheckFrom = 1024 * 1024;

    // Deflate makes at most 258 bytes of 2 bits (RFC 1951), so a damaged header that asks for more than this asks for nothing real.
    private const long LargestRatio = 258 * 4;

    private readonly IProgress<ImageProgress>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly GZipStream _stream;
    private readonly long _packedLength;
    private readonly byte[] _chunk = new byte[ChunkSize];
    private SafeFileHandle? _unpacked;
    private long _length;
    private bool _ended;

    internal GzipBytes(string image, SafeFileHandle packed, IProgress<ImageProgress>? progress, CancellationToken cancellation)
    {
        Image = image;
        _progress = progress;
        _cancellation = cancellation;
        _packedLength = RandomAccess.GetLength(packed);
        _stream = new GZipStream(new FileStream(packed, FileAccess.Read, ChunkSize), CompressionMode.Decompress);
        try
        {
            _unpacked = TemporaryFile.Create();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _stream.Dispose();
            throw new ImageFormatException(
                image, $"cannot create a temporary file in {TemporaryFile.Folder} to unpack into ({error.Message}); "
                    + $"set TMPDIR to a writable directory", error);
        }
    }

    public string Image { get; }

    public long Provide(long wanted)
    {
        ObjectDisposedException.ThrowIf(_unpacked is null, this);
        if (_ended || wanted <= _length)
        {
            return Math.Min(wanted, _length);
        }

        CheckFreeSpace(Math.Min(wanted, _packedLength * LargestRatio) - _length);
        long reportAt = _length + ReportEvery;
        while (_length < wanted && !_ended)
        {
            _cancellation.ThrowIfCancellationRequested();
            int count = Unpack((int)Math.Min(_chunk.Length, wanted - _length));
            if (count == 0)
            {
                _ended = true;
                break;
            }

            Store(_chunk.AsSpan(0, count));
            if (_length >= reportAt)
            {
                _progress?.Report(new ImageProgress(ImageStage.Decompressing, _length, wanted));
                reportAt = _length + ReportEvery;
            }
        }

        SetLength();
        return Math.Min(wanted, _length);
    }

    public void Read(long offset, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_unpacked is null, this);
        FileRead.Exactly(Image, _unpacked, offset, destination);
    }

    public SafeFileHandle TakeHandle()
    {
        ObjectDisposedException.ThrowIf(_unpacked is null, this);
        if (!_ended)
        {
            // The checksum stands at the end of the stream and is checked when the end is read. An image ends where its last
            // segment does, so this one byte is the check of everything before it; if there is more, it is not part of the image.
            Unpack(1);
        }

        SafeFileHandle taken = _unpacked;
        _unpacked = null;
        _stream.Dispose();
        return taken;
    }

    public void Dispose()
    {
        _stream.Dispose();
        _unpacked?.Dispose();
        _unpacked = null;
    }

    private int Unpack(int wanted)
    {
        try
        {
            return _stream.ReadAtLeast(_chunk.AsSpan(0, wanted), wanted, throwOnEndOfStream: false);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new ImageFormatException(Image, string.Create(
                CultureInfo.InvariantCulture,
                $"the gzip data is damaged or cut off somewhere after byte {_length} of its content ({error.Message}); "
                    + $"copy the file again, `gzip -t` tells whether a copy is good"), error);
        }
        catch (IOException error)
        {
            throw new ImageFormatException(Image, $"cannot be read ({error.Message}); check the disk, or copy the image first", error);
        }
    }

    private void Store(ReadOnlySpan<byte> bytes)
    {
        try
        {
            // Most of a machine's memory is often zero. What is not written stays a hole, which reads as zero and takes no space.
            if (bytes.ContainsAnyExcept((byte)0))
            {
                RandomAccess.Write(_unpacked!, bytes, _length);
            }
        }
        catch (IOException error)
        {
            throw OutOfSpace(error);
        }

        _length += bytes.Length;
    }

    private void SetLength()
    {
        try
        {
            RandomAccess.SetLength(_unpacked!, _length);
        }
        catch (IOException error)
        {
            throw OutOfSpace(error);
        }
    }

    private void CheckFreeSpace(long needed)
    {
        if (needed < FreeSpaceCheckFrom)
        {
            return;
        }

        long free;
        try
        {
            free = new DriveInfo(TemporaryFile.Folder).AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A disk that does not tell is found out when it is full.
            return;
        }

        if (free < needed)
        {
            throw new ImageFormatException(Image, string.Create(
                CultureInfo.InvariantCulture,
                $"needs {needed} bytes in {TemporaryFile.Folder} to unpack into, which has {free} free; set TMPDIR to a larger disk, "
                    + $"or unpack it yourself"));
        }
    }

    private ImageFormatException OutOfSpace(IOException error) => new(Image, string.Create(
        CultureInfo.InvariantCulture,
        $"cannot write byte {_length} of its content to {TemporaryFile.Folder} ({error.Message}); set TMPDIR to a larger disk, "
            + $"or unpack it yourself"), error);
}
