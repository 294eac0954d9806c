namespace Vmemmap.SyntheticImages;

/// <summary>A page of vmemmap as the builder meant it.</summary>
/// <param name="Address">Virtual address.</param>
/// <param name="Frame">Physical address.</param>
/// <param name="InBlock">Whether a block maps it.</param>
/// <param name="Alias">Whether HVO made it an alias.</param>
public readonly record struct VmemmapPage(ulong Address, ulong Frame, bool InBlock, bool Alias);
