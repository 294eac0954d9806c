using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <content>Page tables that mappings of the same part of the file share.</content>
public sealed partial class HugetlbFile<TArch, TLayout>
{
    // Tables that more than one mapping leads to, and the address space of each of these.
    private readonly Dictionary<ulong, List<AddressSpace<TArch>>> _sharers = [];

    /// <summary>
    /// Whether mappings share page tables (CONFIG_ARCH_WANT_HUGE_PMD_SHARE; huge_pmd_share, 6.12 mm/hugetlb.c): a table whose whole range, at a multiple of
    /// its size, shows the same part of the file in two shared mappings of the same kind. Off at first; it stays false where a huge page is not one
    /// entry of the last level but one (contiguous groups, gigantic pages), with 64K pages, and where no level is above it (arm64 Kconfig).
    /// </summary>
    public bool SharesPageTables { get; init => field = value && CanShare; }

    private bool CanShare => Hstate.ContiguousCount == 1 && Hstate.Level == TArch.LevelCount - 2 && Hstate.Level > 0 && TArch.PageShift < 16;

    /// <summary>Notes that an address space begins to share a table; the table's lock is held.</summary>
    internal void Join(ulong table, AddressSpace<TArch> owner, AddressSpace<TArch> joining)
    {
        lock (_cacheLock)
        {
            if (!_sharers.TryGetValue(table, out List<AddressSpace<TArch>>? spaces))
            {
                _sharers.Add(table, spaces = [owner]);
            }

            spaces.Add(joining);
        }
    }

    /// <summary>Notes that an address space gives a shared table up; the table's lock is held.</summary>
    internal void Leave(ulong table, AddressSpace<TArch> space)
    {
        lock (_cacheLock)
        {
            List<AddressSpace<TArch>> spaces = _sharers[table];
            spaces.Remove(space);
            if (spaces.Count == 1)
            {
                _sharers.Remove(table);
            }
        }
    }

    /// <summary>Counts base pages that are mapped by a table, in each address space that has it; the table's lock is held.</summary>
    internal void CountMapped(ulong table, AddressSpace<TArch> space, long pages)
    {
        lock (_cacheLock)
        {
            if (!_sharers.TryGetValue(table, out List<AddressSpace<TArch>>? spaces))
            {
                space.AddHugetlbPages(pages);
                return;
            }

            foreach (AddressSpace<TArch> sharer in spaces)
            {
                sharer.AddHugetlbPages(pages);
            }
        }
    }
}
