namespace Vmemmap;

/// <summary>
/// Physical memory as a page-table walker sees it: little-endian 64-bit entries that are there, or not. What is not there is
/// reported, never read as zero.
/// </summary>
/// <remarks>
/// Implement it on a struct and keep caches in a class behind it: walkers are generic over the struct, so every call is direct.
/// A struct that is only read may be used from several threads at once if its class may.
/// </remarks>
public interface IPhysicalMemory
{
    /// <summary>Reads one entry.</summary>
    /// <param name="address">Physical address of the entry, a multiple of 8.</param>
    /// <param name="entry">The entry, or 0 if it is not there.</param>
    /// <returns>False if any of the 8 bytes is absent.</returns>
    bool TryReadEntry(ulong address, out ulong entry);

    /// <summary>Reads a run of entries at once.</summary>
    /// <param name="address">Physical address of the first entry, a multiple of 8.</param>
    /// <param name="scratch">As many entries as are wanted. The memory may copy into it, or hand out its own storage.</param>
    /// <param name="table">
    /// The entries, indexed as <paramref name="scratch"/> is. Only the range that the result names may be read. Valid until
    /// <paramref name="scratch"/> is used again.
    /// </param>
    /// <returns>Which of the entries are there: the first contiguous range of them.</returns>
    TableRead ReadTable(ulong address, Span<ulong> scratch, out ReadOnlySpan<ulong> table);
}

/// <summary>Which entries of a <see cref="IPhysicalMemory.ReadTable"/> are there.</summary>
/// <param name="Start">Index of the first entry that is there.</param>
/// <param name="Length">Number of entries that are there from <paramref name="Start"/> on; more may follow after a gap.</param>
public readonly record struct TableRead(int Start, int Length)
{
    /// <summary>None of the entries is there.</summary>
    public static TableRead Absent => default;

    /// <summary>All of the entries are there.</summary>
    /// <param name="length">Number of entries asked for.</param>
    public static TableRead Present(int length) => new(0, length);

    /// <summary>Whether no entry is there.</summary>
    public bool IsAbsent => Length == 0;
}
