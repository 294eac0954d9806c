namespace Vmemmap.Dumps;

/// <summary>
/// A memory image cannot be read, or does not hold what was asked for. The message is one line that names the file, the place in
/// it, the reason and what to do, fit to be printed as it is.
/// </summary>
public sealed class ImageFormatException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="image">The image's path as the user gave it.</param>
    /// <param name="reason">Place, reason and remedy.</param>
    /// <param name="innerException">What the operating system or the decompressor said, if anything.</param>
    public ImageFormatException(string image, string reason, Exception? innerException = null)
        : base(OneLine.Of($"{image}: {reason}"), innerException) => Image = image;

    /// <summary>The image's path as the user gave it.</summary>
    public string Image { get; }
}
