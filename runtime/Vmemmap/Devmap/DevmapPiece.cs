namespace Vmemmap.Devmap;

/// <summary>The part of a device that is in one section: what is populated, and taken apart, at a time.</summary>
/// <param name="Section">The section.</param>
/// <param name="Pfn">First frame.</param>
/// <param name="Frames">Frames.</param>
internal readonly record struct DevmapPiece(int Section, ulong Pfn, ulong Frames);
