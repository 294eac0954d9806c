namespace Vmemmap.Dumps;

/// <summary>A run of leaf entries of one table that maps a part of vmemmap.</summary>
/// <param name="Address">Virtual address that the first entry maps.</param>
/// <param name="EntryAddress">Physical address of the first entry.</param>
/// <param name="Count">Entries.</param>
/// <param name="Level">Their level, 0 = root.</param>
/// <param name="Writable">Whether every table above leaves write permission.</param>
internal readonly record struct VmemmapExtent(ulong Address, ulong EntryAddress, int Count, int Level, bool Writable);
