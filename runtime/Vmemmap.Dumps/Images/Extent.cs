namespace Vmemmap.Dumps;

/// <summary>
/// A piece of physical memory that lies in one piece in the mapped file. An immutable object, so that a cached reference to one
/// can be read and replaced by several threads at once.
/// </summary>
internal sealed unsafe class Extent(ulong start, ulong length, byte* data, long fileOffset)
{
    /// <summary>An extent that holds nothing, so that a cache has no empty slots to test for.</summary>
    internal static readonly Extent Empty = new(0, 0, null, 0);

    /// <summary>First physical address.</summary>
    internal readonly ulong Start = start;

    /// <summary>Offsets from <see cref="Start"/> below this one have 8 bytes.</summary>
    internal readonly ulong EntryLimit = length >= sizeof(ulong) ? length - (sizeof(ulong) - 1) : 0;

    /// <summary>Bytes.</summary>
    internal readonly ulong Length = length;

    /// <summary>The first byte.</summary>
    internal readonly byte* Data = data;

    /// <summary>Where the first byte is in the file.</summary>
    internal readonly long FileOffset = fileOffset;
}
