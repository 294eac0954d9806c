using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <content>Leaves: one is added where nothing is, one is taken away, and what counts with them.</content>
public sealed partial class HugetlbMapping<TArch, TLayout>
{
    private bool CountsPieces => File.MapCountRule == MapCountRule.SubPage;

    /// <summary>Maps a piece of a page where nothing is mapped, or only a marker; i_mmap_rwsem is held to read.</summary>
    private MappingError AddLeaf(Cpu<TArch> cpu, HugetlbPte place, ulong address, HugePage<TArch, TLayout> page) =>
        AddLeaf(cpu, place, address, page, LeafBits.New(IsWritable));

    private MappingError AddLeaf(Cpu<TArch> cpu, HugetlbPte place, ulong address, HugePage<TArch, TLayout> page, LeafBits bits)
    {
        using (Tables.LockOf(place.EntryAddress).Hold(cpu))
        {
            HugetlbPteState state = Tables.StateOf(place);
            if (state != HugetlbPteState.None && !(state == HugetlbPteState.NotPresent && Tables.NonPresentAt(place) == NonPresentKind.Marker))
            {
                return MappingError.Exists;
            }

            MappingError error = CountsPieces ? CountLeaf(cpu, place, address, page) : CountBefore(cpu, place, address);
            if (error != MappingError.None)
            {
                return error;
            }

            Tables.WriteLeaf(cpu, place, address, PhysicalAddress(page, address & ~place.OffsetMask), bits);
            CountMapped(place);
        }

        return MappingError.None;
    }

    /// <summary>
    /// Takes a leaf away, or an entry that is not present; i_mmap_rwsem is held to write. What it counted for is put into <paramref name="gone"/>: it
    /// counts until no CPU knows the leaf.
    /// </summary>
    private void ClearLeaf(Cpu<TArch> cpu, HugetlbPte place, ulong address, ulong replacement, GonePages<TArch, TLayout> gone)
    {
        File.MappingsLock.RequireHeld(toWrite: true);
        HugePage<TArch, TLayout>? page = PageOf(address);
        using (Tables.LockOf(place.EntryAddress).Hold(cpu))
        {
            bool wasLeaf = Tables.StateOf(place) == HugetlbPteState.PresentLeaf;
            bool wasCounted = IsCounted(place, address);
            Tables.WriteNonPresent(cpu, place, address, replacement);
            if (page is not null && wasCounted && !IsCounted(place, address))
            {
                gone.Mappings(page, 1);
            }

            if (page is null || !wasLeaf)
            {
                return;
            }

            if (CountsPieces)
            {
                _ = TryCountMapping(cpu, place, address & ~place.OffsetMask, page, -1);
                gone.References(page, 1);
            }
        }

        Space.AddHugetlbPages(-(long)(place.Size >> TArch.PageShift));
    }

    private MappingError CountLeaf(Cpu<TArch> cpu, HugetlbPte place, ulong address, HugePage<TArch, TLayout> page)
    {
        if (File.IsMigrating(page))
        {
            return MappingError.Busy;
        }

        var head = new FolioHead<TArch>(cpu, page.HeadPfn);
        if (!head.TryAddReferences(1))
        {
            return MappingError.NoMemory;
        }

        if (TryCountMapping(cpu, place, address & ~place.OffsetMask, page, 1))
        {
            return MappingError.None;
        }

        head.AddReferences(-1);
        return MappingError.NoMemory;
    }

    /// <summary>Counts a leaf by <see cref="MapCountRule.SubPage"/>, if there is room; or counts it no more.</summary>
    private bool TryCountMapping(Cpu<TArch> cpu, HugetlbPte place, ulong start, HugePage<TArch, TLayout> page, int count)
    {
        var counts = new MapCounts<TArch>(cpu, page.HeadPfn);
        return place.Shift == HugeShift
            ? counts.TryAddEntire(count)
            : counts.TryAddPiece(BasePage(start), (long)(place.Size >> TArch.PageShift), count);
    }

    /// <summary>Why a page cannot be mapped in pieces; empty if it can.</summary>
    private string WhyNoPieces(HugePage<TArch, TLayout> page) => CountsPieces && page.IsOptimized
        ? $"The vmemmap of the huge page at PFN 0x{page.HeadPfn:x} is optimized: its base pages have no struct pages of their own, in which mappings of pieces would be counted."
        : string.Empty;

    /// <summary>Why what is at an address cannot be mapped in pieces; empty if it can, or the file has no page there.</summary>
    private string WhyNoPieces(ulong address) => !IsHighGranularity ? "The mapping maps whole huge pages until AdviseSplit is called."
        : PageOf(address) is { } page ? WhyNoPieces(page)
        : string.Empty;

    /// <summary>Whether a position is in the huge page's own, and that counts by <see cref="MapCountRule.HugePage"/>.</summary>
    private bool IsCounted(HugetlbPte place, ulong address) =>
        !CountsPieces
        && UserPageTables<TArch>.TableLevel(place) == Hstate.Level
        && place.Shift <= HugeShift
        && Tables.IsMapped(HugePlace(place, address));

    /// <summary>Which base page of its huge page an address is in.</summary>
    private long BasePage(ulong address) => (long)((address & (Hstate.Size - 1)) >> TArch.PageShift);

    private ulong PhysicalAddress(HugePage<TArch, TLayout> page, ulong address) =>
        (page.HeadPfn << TArch.PageShift) + (address & (Hstate.Size - 1));
}
