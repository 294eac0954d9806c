namespace Vmemmap.Simulation;

/// <summary>The entry that maps an address, or that would.</summary>
/// <param name="Address">Physical address of the entry.</param>
/// <param name="Entry">The entry.</param>
/// <param name="Level">Its level, 0 = root.</param>
/// <param name="Kind">What it is there.</param>
internal readonly record struct EntryPlace(ulong Address, ulong Entry, int Level, EntryKind Kind);
