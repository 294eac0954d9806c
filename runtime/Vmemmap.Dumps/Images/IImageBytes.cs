using Microsoft.Win32.SafeHandles;

namespace Vmemmap.Dumps;

/// <summary>
/// The bytes of an image before it is mapped. A compressed image is unpacked only as far as someone asks, so headers can be read
/// before it is known how much of the file is worth unpacking.
/// </summary>
internal interface IImageBytes : IDisposable
{
    /// <summary>The image's path as the user gave it.</summary>
    string Image { get; }

    /// <summary>Makes bytes readable.</summary>
    /// <param name="wanted">End of the bytes that are wanted.</param>
    /// <returns><paramref name="wanted"/>, or the length of the image if it is shorter.</returns>
    long Provide(long wanted);

    /// <summary>Fills a buffer from bytes that were provided.</summary>
    void Read(long offset, Span<byte> destination);

    /// <summary>Hands over the file that holds the provided bytes, uncompressed. Nothing can be provided afterwards.</summary>
    SafeFileHandle TakeHandle();
}
