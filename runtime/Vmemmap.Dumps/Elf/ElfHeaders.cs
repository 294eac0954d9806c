namespace Vmemmap.Dumps;

/// <summary>What the headers of a core say, checked against each other and against the file's length.</summary>
/// <param name="Machine">e_machine.</param>
/// <param name="Segments">The PT_LOADs that hold bytes, in table order.</param>
/// <param name="NoteAreas">The PT_NOTEs that hold bytes, in table order.</param>
/// <param name="Warnings">What was passed over, a line each.</param>
internal sealed record ElfHeaders(
    ElfMachine Machine, IReadOnlyList<ElfSegment> Segments, IReadOnlyList<ElfNoteArea> NoteAreas, IReadOnlyList<string> Warnings);

/// <summary>A PT_NOTE program header.</summary>
/// <param name="Index">Index of the program header in its table.</param>
/// <param name="FileOffset">p_offset.</param>
/// <param name="FileSize">p_filesz.</param>
internal sealed record ElfNoteArea(int Index, long FileOffset, long FileSize)
{
    /// <summary>Whether a range of the file lies within.</summary>
    internal bool Holds(long offset, int length) => offset >= FileOffset && offset - FileOffset <= FileSize - length;
}
