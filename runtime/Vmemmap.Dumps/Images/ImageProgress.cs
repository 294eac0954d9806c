namespace Vmemmap.Dumps;

/// <summary>What takes long when an image is read.</summary>
public enum ImageStage : byte
{
    /// <summary>Unpacking a gzip image into a temporary file.</summary>
    Decompressing,

    /// <summary>Searching the image's memory for VMCOREINFO.</summary>
    Scanning,

    /// <summary>Reading struct pages: bytes of vmemmap that are mapped.</summary>
    ReadingStructPages,
}

/// <summary>How far a long stage is. Reported on the thread that does the work, every few MiB.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="BytesDone">Bytes done.</param>
/// <param name="BytesTotal">Bytes that the stage will have done at its end.</param>
public readonly record struct ImageProgress(ImageStage Stage, long BytesDone, long BytesTotal);
