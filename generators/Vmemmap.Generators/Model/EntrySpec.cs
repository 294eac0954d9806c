namespace Vmemmap.Tables.Model;

/// <summary>How an entry says that it is a leaf.</summary>
internal enum LeafRule
{
    /// <summary>Arm: bit set = table above the last level and page on it; clear = block above it and reserved on it.</summary>
    TableBit,

    /// <summary>x86: bit set = block above the last level; an entry of the last level is always a page.</summary>
    BlockBit,

    /// <summary>RISC-V: any of the bits set = leaf, on every level; none set = table, and reserved on the last level.</summary>
    AnyBit,
}

/// <summary>What the contiguous bit of a leaf says of its address.</summary>
internal enum ContiguousRule
{
    /// <summary>The format has no such bit.</summary>
    None,

    /// <summary>Arm: each entry of the group holds its own address; the bit is a statement about the group only.</summary>
    OwnAddress,

    /// <summary>RISC-V Svnapot: all entries of the group are alike, their low address bits encode the group's size.</summary>
    Napot,
}

/// <summary>
/// A page-table entry format with every mask computed for one page size: raw descriptor bits, never physical address bits.
/// </summary>
/// <param name="Name">The name in the table.</param>
/// <param name="ValidMask">The bit without which nothing else in the entry counts.</param>
/// <param name="LeafRule">How <paramref name="LeafMask"/> is read.</param>
/// <param name="LeafMask">The bit or bits of the leaf test.</param>
/// <param name="WritableMask">Set = writable (x86, RISC-V); 0 if the format has a read-only bit.</param>
/// <param name="ReadOnlyMask">Set = read-only (Arm); 0 if the format has a writable bit.</param>
/// <param name="ReadableMask">A writable leaf without it is reserved (RISC-V); 0 if the format has no such rule.</param>
/// <param name="TableWritableMask">In a table entry: clear takes write permission from all below (x86); 0 if none.</param>
/// <param name="TableReadOnlyMask">In a table entry: set takes write permission from all below (Arm APTable); 0 if none.</param>
/// <param name="AccessedMask">The accessed bit; 0 if none.</param>
/// <param name="DirtyMask">The dirty bit; 0 if none.</param>
/// <param name="ContiguousRule">What the contiguous bit says.</param>
/// <param name="ContiguousMask">The contiguous bit; 0 if none.</param>
/// <param name="ReservedMask">Bits that make any valid entry reserved when set.</param>
/// <param name="TableReservedMask">Bits that make a table entry reserved when set (RISC-V: N means something in leaves only).</param>
/// <param name="AddressMask">All raw bits of the address of a table or of a last-level page.</param>
/// <param name="Pieces">The pieces of the address, lowest physical bits first.</param>
/// <param name="TableValue">What a table entry that the kernel makes reads besides its address.</param>
/// <param name="WritableLeafValue">
/// What a read-write leaf that the kernel makes reads besides its address and what <see cref="LevelSpec.LeafTest"/> asks for.
/// </param>
/// <param name="ReadOnlyLeafValue">The same of a read-only leaf.</param>
/// <param name="User">The same of entries of user memory; null if the format says nothing of them.</param>
internal sealed record EntrySpec(
    string Name,
    ulong ValidMask,
    LeafRule LeafRule,
    ulong LeafMask,
    ulong WritableMask,
    ulong ReadOnlyMask,
    ulong ReadableMask,
    ulong TableWritableMask,
    ulong TableReadOnlyMask,
    ulong AccessedMask,
    ulong DirtyMask,
    ContiguousRule ContiguousRule,
    ulong ContiguousMask,
    ulong ReservedMask,
    ulong TableReservedMask,
    ulong AddressMask,
    EquatableArray<PieceSpec> Pieces,
    ulong TableValue,
    ulong WritableLeafValue,
    ulong ReadOnlyLeafValue,
    UserEntrySpec? User);

/// <summary>What entries of user memory that the kernel makes read, as the values of the same names in <see cref="EntrySpec"/>.</summary>
/// <param name="TableValue">A table entry.</param>
/// <param name="WritableLeafValue">A read-write leaf.</param>
/// <param name="ReadOnlyLeafValue">A read-only leaf.</param>
internal sealed record UserEntrySpec(ulong TableValue, ulong WritableLeafValue, ulong ReadOnlyLeafValue);

/// <summary>A run of address bits in the entry: physical = (entry &amp; Mask) shifted left by Shift, or right by -Shift.</summary>
/// <param name="Mask">The raw bits, already clipped to the page size.</param>
/// <param name="Shift">Physical bit less raw bit; 0 for most, 2 for RISC-V, 36 for Arm LPA.</param>
internal sealed record PieceSpec(ulong Mask, int Shift);
