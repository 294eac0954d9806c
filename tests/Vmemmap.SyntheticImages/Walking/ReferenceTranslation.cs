namespace Vmemmap.SyntheticImages;

/// <summary>Where an address leads, or where and why the walk ended.</summary>
/// <param name="Fault">Why there is no translation.</param>
/// <param name="Level">Level of the last entry, 0 = root.</param>
/// <param name="EntryAddress">Physical address of the last entry; 0 if none was looked at.</param>
/// <param name="Entry">The last entry; 0 if it is absent.</param>
/// <param name="PhysicalAddress">Physical address, offset included; 0 on a fault.</param>
/// <param name="Size">Bytes that the leaf or its contiguous group maps; 0 on a fault.</param>
/// <param name="Writable">Whether the kernel may write there.</param>
/// <param name="Contiguous">Whether the leaf is one of a contiguous group.</param>
public readonly record struct ReferenceTranslation(
    ReferenceFault Fault, int Level, ulong EntryAddress, ulong Entry, ulong PhysicalAddress, ulong Size, bool Writable, bool Contiguous)
{
    internal static ReferenceTranslation FaultAt(ReferenceFault fault, int level, ulong entryAddress, ulong entry) =>
        new(fault, level, entryAddress, entry, 0, 0, false, false);
}
