using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Devmap;

/// <summary>Page tables over a device's vmemmap: found, or made where there are none.</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
internal sealed class DevmapTables<TArch>(Machine<TArch> machine, int node)
    where TArch : struct, IArchitecture
{
    /// <summary>Pages that a last-level table maps, and so a block.</summary>
    public static long TablePages => KernelPageTables<TArch>.TablePages;

    /// <summary>Finds the entry of a level that maps a page, and makes the tables above it if need be.</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="page">The page of vmemmap.</param>
    /// <param name="level">The level, 0 = root.</param>
    /// <param name="entryAddress">Physical address of the entry.</param>
    /// <returns>False if there is no frame for a table; those made before stay.</returns>
    public bool TryEntryOf(Cpu<TArch> cpu, long page, int level, out ulong entryAddress)
    {
        EntryPlace place;
        while ((place = machine.PageTables.FindOn(page, level)).Level < level)
        {
            if (!machine.PageAllocator.TryAllocate(cpu, node, 0, AllocationPurpose.PageTable, thisNode: false, out ulong made))
            {
                entryAddress = 0;
                return false;
            }

            cpu.Counters.PageTablesAllocated++;
            machine.Memory.FillFrame(made, default);

            // A table that maps nothing yet changes no translation but that this page has none.
            machine.PageTables.WriteTable(cpu, place.Address, place.Level, page, page, made << TArch.PageShift);
        }

        entryAddress = place.Address;
        return true;
    }

    /// <summary>
    /// References to a frame: one for each entry that maps it, or leads to it (get_page where an entry is
    /// written again with the same frame).
    /// </summary>
    public static FolioHead<TArch> ReferencesOf(Cpu<TArch> cpu, ulong frame) => new(cpu, frame);

    /// <summary>Physical addresses of the last-level tables over a range of pages, each once however many entries lead to it.</summary>
    public static HashSet<ulong> LastLevelTables(Machine<TArch> machine, long page, long end)
    {
        var tables = new HashSet<ulong>();
        for (; page < end; page = machine.PageTables.EndOfTable(page))
        {
            EntryPlace place = machine.PageTables.Find(page);
            if (place.Level == KernelPageTables<TArch>.LastLevel)
            {
                tables.Add(place.Address & ~((1UL << TArch.PageShift) - 1));
            }
        }

        return tables;
    }
}
