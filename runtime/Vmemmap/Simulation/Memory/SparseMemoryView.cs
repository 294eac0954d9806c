namespace Vmemmap.Simulation;

/// <summary>A <see cref="SparseMemory"/> as page-table walkers read it: every entry is there, up to the end of the machine.</summary>
/// <param name="memory">The memory.</param>
/// <remarks>
/// Any thread may read. A table handed out by <see cref="ReadTable"/> may be the frame's own bytes: it changes as they do, and is no
/// longer the frame's after the frame was filled or discarded.
/// </remarks>
public readonly struct SparseMemoryView(SparseMemory memory) : IPhysicalMemory
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The address is no multiple of 8.</exception>
    public bool TryReadEntry(ulong address, out ulong entry) => memory.TryReadWord(address, out entry);

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The address is no multiple of 8.</exception>
    public TableRead ReadTable(ulong address, Span<ulong> scratch, out ReadOnlySpan<ulong> table) =>
        TableRead.Present(memory.ReadWords(address, scratch, out table));
}
