namespace Vmemmap;

/// <summary>
/// What a walk over a range meets, in address order, in spans of entries so that scans vectorise. Implement it on a struct. Every
/// span is valid until the method returns; a method that returns false ends the walk.
/// </summary>
/// <remarks>Spans are whole entries: the first and the last may reach out of the range that was asked for.</remarks>
public interface IPageTableVisitor
{
    /// <summary>A run of last-level entries as they stand in memory: pages, holes and reserved patterns alike.</summary>
    /// <param name="address">Virtual address that the first entry maps.</param>
    /// <param name="entryAddress">Physical address of the first entry.</param>
    /// <param name="entries">The entries.</param>
    /// <param name="writable">Whether every table above leaves write permission.</param>
    bool VisitPages(ulong address, ulong entryAddress, scoped ReadOnlySpan<ulong> entries, bool writable);

    /// <summary>A run of leaves above the last level.</summary>
    /// <param name="level">Their level, 0 = root.</param>
    /// <param name="address">Virtual address that the first leaf maps.</param>
    /// <param name="entryAddress">Physical address of the first leaf.</param>
    /// <param name="entries">The leaves.</param>
    /// <param name="writable">Whether every table above leaves write permission.</param>
    bool VisitBlocks(int level, ulong address, ulong entryAddress, scoped ReadOnlySpan<ulong> entries, bool writable);

    /// <summary>A run of entries above the last level that are not present.</summary>
    /// <param name="level">Their level, 0 = root.</param>
    /// <param name="address">First virtual address of the hole.</param>
    /// <param name="length">Bytes.</param>
    bool VisitHole(int level, ulong address, ulong length);

    /// <summary>A part of the range of which nothing can be said.</summary>
    /// <param name="fault">What is wrong there.</param>
    bool VisitFault(in WalkFault fault);
}

/// <summary>A part of a range that a walk could not follow.</summary>
/// <param name="Reason">Absent, Reserved or Cycle.</param>
/// <param name="Level">Level of the entry, 0 = root.</param>
/// <param name="Address">First virtual address concerned.</param>
/// <param name="Length">Bytes concerned.</param>
/// <param name="EntryAddress">Physical address of the entry; for an absent run, of its first entry.</param>
/// <param name="Entry">The raw entry, 0 if it is absent.</param>
public readonly record struct WalkFault(
    TranslationFault Reason, int Level, ulong Address, ulong Length, ulong EntryAddress, ulong Entry);
