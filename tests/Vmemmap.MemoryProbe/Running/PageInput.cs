namespace Vmemmap.MemoryProbe;

/// <summary>What a snippet is run with.</summary>
/// <param name="State">The state of the huge page it gets.</param>
/// <param name="Other">The state of the second one; null if that is the same huge page, or the snippet does not use it.</param>
/// <param name="IsShort">Whether there is no memory for what is remapped while it runs.</param>
/// <param name="Number">Its number.</param>
/// <param name="Flag">Its flag.</param>
internal readonly record struct PageInput(VmemmapState State, VmemmapState? Other, bool IsShort, long Number, bool Flag);
