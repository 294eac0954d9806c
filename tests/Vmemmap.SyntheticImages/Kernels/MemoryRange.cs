namespace Vmemmap.SyntheticImages;

/// <summary>A range of physical memory.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct MemoryRange(ulong Start, ulong Length)
{
    /// <summary>First byte after it.</summary>
    public ulong End => Start + Length;

    /// <summary>Whether the two share a byte.</summary>
    public bool Overlaps(MemoryRange other) => Start < other.End && other.Start < End;

    /// <summary>Whether the other lies in this one.</summary>
    public bool Contains(MemoryRange other) => Start <= other.Start && other.End <= End;
}
