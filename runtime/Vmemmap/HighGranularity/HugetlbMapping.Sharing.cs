using System.Diagnostics.CodeAnalysis;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <content>
/// Page tables shared with other mappings of the file. To a shared table leaves are only added: who takes something away, or changes it, gives up its
/// part of the table first, and only the last one changes it. So no other address space is ever to be flushed.
/// </content>
public sealed partial class HugetlbMapping<TArch, TLayout>
{
    // want_pmd_share: never once pieces may be mapped, nor while minor faults are the user's, whose every mapping is to fault (6.1 mm/hugetlb.c).
    private bool WantsSharing => File.SharesPageTables && IsShared && !IsHighGranularity && (Userfaults & Userfaults.Minor) == 0;

    /// <summary>
    /// Has a position lead to another mapping's table for the same part of the file, if there is one (huge_pmd_share); i_mmap_rwsem is held to read, so that
    /// nobody gives one up meanwhile.
    /// </summary>
    /// <returns>False if a table must be made. True also where somebody else put one there: look again.</returns>
    private bool TryShare(Cpu<TArch> cpu, HugetlbPte place, ulong address)
    {
        ulong start = address & ~place.OffsetMask;
        if (!WantsSharing
            || UserPageTables<TArch>.TableLevel(place) != Hstate.Level - 1
            || !Contains(start, place.Size)
            || !TryFindShareable(cpu, start, place.Shift, out HugetlbMapping<TArch, TLayout>? other, out ulong table))
        {
            return false;
        }

        // All is counted before a CPU can find the table here, and taken back if somebody else was faster.
        var head = new FolioHead<TArch>(cpu, table >> TArch.PageShift);
        head.AddReferences(1);
        using (Tables.LockOf(table).Hold(cpu))
        {
            File.Join(table, other.Space, Space);
            Space.AddHugetlbPages(MappedBy(table));
        }

        using (Tables.LockOf(place.EntryAddress).Hold(cpu))
        {
            if (Tables.Read(place.EntryAddress) == 0)
            {
                Tables.WriteTable(cpu, place, address, table >> TArch.PageShift);
                Tables.CountShared(1);
                return true;
            }
        }

        Leave(cpu, table);
        return true;
    }

    /// <summary>
    /// Gives up the shared tables that a range reaches into (huge_pmd_unshare): nothing is mapped in the whole range of each afterwards, until a fault. Tables
    /// that nobody shares stay. i_mmap_rwsem is held to write.
    /// </summary>
    private void Unshare(Cpu<TArch> cpu, ulong start, ulong end)
    {
        if (!File.SharesPageTables)
        {
            return;
        }

        File.MappingsLock.RequireHeld(toWrite: true);
        int shift = TArch.LevelShift(Hstate.Level - 1);
        for (ulong address = start; address < end;)
        {
            _ = Walk(cpu, address, shift, stopAtNone: true, out HugetlbPte place);
            ulong first = address & ~place.OffsetMask;
            if (place.Shift == shift && TrySharedTable(cpu, place, out ulong table))
            {
                using (Tables.LockOf(place.EntryAddress).Hold(cpu))
                {
                    Tables.WriteNonPresent(cpu, place, address, 0);
                }

                Space.Flush(cpu, first, first + place.Size);
                Leave(cpu, table);
                Tables.CountShared(-1);
            }

            address = first + place.Size;
        }
    }

    /// <summary>The table below a position, if others lead to it too.</summary>
    private bool TrySharedTable(Cpu<TArch> cpu, HugetlbPte place, out ulong table) =>
        Tables.TryTableBelow(place, out table) && IsSharedTable(cpu, table);

    private bool IsSharedTable(Cpu<TArch> cpu, ulong table) =>
        File.SharesPageTables && new FolioHead<TArch>(cpu, table >> TArch.PageShift).RefCount > 1;

    private void Leave(Cpu<TArch> cpu, ulong table)
    {
        using (Tables.LockOf(table).Hold(cpu))
        {
            Space.AddHugetlbPages(-MappedBy(table));
            File.Leave(table, Space);
        }

        new FolioHead<TArch>(cpu, table >> TArch.PageShift).AddReferences(-1);
    }

    // page_table_shareable: the same part of the file, at the same place of its table, in a mapping of the same kind.
    private bool TryFindShareable(
        Cpu<TArch> cpu,
        ulong start,
        int shift,
        [NotNullWhen(true)] out HugetlbMapping<TArch, TLayout>? found,
        out ulong table)
    {
        ulong size = 1UL << shift;
        foreach (HugetlbMapping<TArch, TLayout> other in File.Mappings)
        {
            if (other != this
                && other.WantsSharing
                && (other.IsWritable, other.Userfaults) == (IsWritable, Userfaults)
                && other.TryAddressOf(IndexOf(start), out ulong address)
                && (address & (size - 1)) == 0
                && other.Contains(address, size)
                && other.Walk(cpu, address, shift, stopAtNone: true, out HugetlbPte place) == MappingError.None
                && place.Shift == shift
                && other.Tables.TryTableBelow(place, out table))
            {
                found = other;
                return true;
            }
        }

        (found, table) = (null, 0);
        return false;
    }

    /// <summary>Base pages that the leaves of a table map; its lock is held.</summary>
    private long MappedBy(ulong table)
    {
        long leaves = 0;
        for (int i = 0; i < 1 << TArch.LevelIndexBits(Hstate.Level); i++)
        {
            leaves += TArch.Classify(Hstate.Level, Tables.Read(table + ((ulong)i * sizeof(ulong)))) == EntryKind.Leaf ? 1 : 0;
        }

        return leaves << Hstate.Order;
    }

    /// <summary>Counts a leaf that was added, in each address space that has its table; the table's lock is held.</summary>
    private void CountMapped(HugetlbPte place)
    {
        long pages = (long)(place.Size >> TArch.PageShift);
        if (File.SharesPageTables)
        {
            File.CountMapped(TableOf(place), Space, pages);
        }
        else
        {
            Space.AddHugetlbPages(pages);
        }
    }
}
