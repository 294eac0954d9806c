using System.Collections.Generic;
using System.Linq;
using Vmemmap.Tables.Model;

namespace Vmemmap.Tables.Parsing;

/// <summary>An entry format for pages of any size.</summary>
/// <param name="Spec">The format, its address not yet clipped to a page size.</param>
/// <param name="BlockAttributes">Raw address bits that are attributes in a leaf above the last level.</param>
/// <param name="IsSound">Whether it has no mistake.</param>
internal sealed record EntryFormat(EntrySpec Spec, ulong BlockAttributes, bool IsSound)
{
    /// <summary>The format for one page size: bits below the page are no address.</summary>
    public EntrySpec ClipTo(int pageShift)
    {
        PieceSpec[] pieces =
        [
            .. Spec.Pieces
                .Select(p => p with { Mask = p.Mask & FromPhysical(ulong.MaxValue << pageShift, p.Shift) })
                .Where(p => p.Mask != 0),
        ];
        return Spec with { AddressMask = pieces.Aggregate(0UL, (mask, p) => mask | p.Mask), Pieces = new(pieces) };
    }

    /// <summary>The raw bits that hold some physical address bits.</summary>
    public static ulong RawBits(IEnumerable<PieceSpec> pieces, ulong physical) =>
        pieces.Aggregate(0UL, (raw, p) => raw | (p.Mask & FromPhysical(physical, p.Shift)));

    /// <summary>The physical address bits that raw bits hold.</summary>
    public static ulong PhysicalBits(IEnumerable<PieceSpec> pieces, ulong raw) =>
        pieces.Aggregate(0UL, (physical, p) => physical | ToPhysical(p.Mask & raw, p.Shift));

    private static ulong ToPhysical(ulong raw, int shift) => shift >= 0 ? raw << shift : raw >> -shift;

    private static ulong FromPhysical(ulong physical, int shift) => shift >= 0 ? physical >> shift : physical << -shift;
}
