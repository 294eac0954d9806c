using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <content>Migration of a huge page, as one mapping sees it. i_mmap_rwsem is held to write.</content>
public sealed partial class HugetlbMapping<TArch, TLayout>
{
    /// <summary>Whether a huge page is mapped here in pieces, or by a table.</summary>
    internal bool HasPieces(Cpu<TArch> cpu, ulong address)
    {
        _ = Walk(cpu, address, HugeShift, stopAtNone: true, out HugetlbPte place);
        return place.Shift == HugeShift && Tables.StateOf(place) == HugetlbPteState.Smaller;
    }

    /// <summary>Puts an entry of a migration in the place of a leaf (try_to_migrate_one, 6.12 mm/rmap.c).</summary>
    internal void BeginMigration(Cpu<TArch> cpu, ulong address, ulong headPfn)
    {
        Unshare(cpu, address, address + Hstate.Size);
        _ = Walk(cpu, address, HugeShift, stopAtNone: true, out HugetlbPte place);
        if (Tables.StateOf(place) != HugetlbPteState.PresentLeaf)
        {
            return;
        }

        var gone = new GonePages<TArch, TLayout>();
        LeafBits bits = Tables.BitsOf(place);
        ClearLeaf(cpu, place, address, bits.Migration(HugeShift, headPfn), gone);
        Space.Flush(cpu, address, address + Hstate.Size);
        gone.Drop(cpu, Space);
    }

    /// <summary>Puts a leaf in the place of an entry of a migration (remove_migration_pte, 6.12 mm/migrate.c).</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="address">Virtual address of the huge page.</param>
    /// <param name="oldHeadPfn">The page that the entry tells of.</param>
    /// <param name="page">The page that is mapped; null: none, and the next fault sees to it.</param>
    internal void EndMigration(Cpu<TArch> cpu, ulong address, ulong oldHeadPfn, HugePage<TArch, TLayout>? page)
    {
        _ = Walk(cpu, address, HugeShift, stopAtNone: true, out HugetlbPte place);
        if (place.Shift != HugeShift)
        {
            return;
        }

        using KernelLock.Scope<TArch> held = Tables.LockOf(place.EntryAddress).Hold(cpu);
        ulong entry = Tables.Read(place.EntryAddress);
        if (NonPresentEntry.KindOf<TArch>(entry) != NonPresentKind.Migration || NonPresentEntry.FrameOf(entry) != oldHeadPfn)
        {
            return;
        }

        if (page is null || (CountsPieces ? CountLeaf(cpu, place, address, page) : CountBefore(cpu, place, address)) != MappingError.None)
        {
            Tables.WriteNonPresent(cpu, place, address, 0);
            return;
        }

        Tables.WriteLeaf(cpu, place, address, PhysicalAddress(page, address), LeafBits.OfMigration(entry));
        CountMapped(place);
    }
}
