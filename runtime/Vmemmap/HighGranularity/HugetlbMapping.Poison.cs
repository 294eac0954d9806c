using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <content>Memory errors.</content>
public sealed partial class HugetlbMapping<TArch, TLayout>
{
    /// <summary>Puts an entry in the place of a base page with a memory error, or of its whole huge page; i_mmap_rwsem is held to write.</summary>
    /// <returns>Bytes that are lost.</returns>
    internal ulong Poison(Cpu<TArch> cpu, ulong address, ulong pfn)
    {
        File.MappingsLock.RequireHeld(toWrite: true);
        Unshare(cpu, address, address + 1);
        _ = Walk(cpu, address, TArch.PageShift, stopAtNone: true, out HugetlbPte place);
        if (Tables.StateOf(place) == HugetlbPteState.PresentLeaf
            && place.Shift > TArch.PageShift
            && IsHighGranularity
            && SplitLeaf(cpu, place, address, TArch.PageShift).IsDone)
        {
            _ = Walk(cpu, address, TArch.PageShift, stopAtNone: true, out place);
        }

        if (Tables.StateOf(place) != HugetlbPteState.PresentLeaf)
        {
            return LostUnmapped(place, address);
        }

        var gone = new GonePages<TArch, TLayout>();
        ulong start = address & ~place.OffsetMask;
        ulong first = place.Shift == TArch.PageShift ? pfn : pfn - (ulong)BasePage(address) + (ulong)BasePage(start);
        ClearLeaf(cpu, place, address, NonPresentEntry.Make(NonPresentKind.HwPoison, place.Shift, first), gone);
        Space.Flush(cpu, start, start + place.Size);
        gone.Drop(cpu, Space);
        return place.Size;
    }

    // Not mapped: a fault will find the error by the page's list, as it finds those before it.
    private ulong LostUnmapped(HugetlbPte place, ulong address) =>
        Tables.NonPresentAt(place) == NonPresentKind.HwPoison ? 0
        : WhyNoPieces(address).Length == 0 ? 1UL << TArch.PageShift
        : PageOf(address) is { PoisonedIndexes.Count: > 1 } ? 0 : Hstate.Size;
}
