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

    /// <summary>Finds the table whose entry of a level maps a page, and makes it and those above it if need be.</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="page">The page of vmemmap.</param>
    /// <param name="level">The level, 0 = root.</param>
    /// <param name="table">Physical address of the table.</param>
    /// <returns>False if there is no frame for a table; those made before stay.</returns>
    public bool TryTableOf(Cpu<TArch> cpu, long page, int level, out ulong table)
    {
        table = machine.PageTables.Root;
        for (int at = 0; at < level; at++)
        {
            ulong entryAddress = EntryAddress(table, at, page);
            if (TArch.Classify(at, machine.PageTables.Read(entryAddress)) == EntryKind.NotPresent)
            {
                if (!machine.PageAllocator.TryAllocate(cpu, node, 0, AllocationPurpose.PageTable, thisNode: false, out ulong made))
                {
                    return false;
                }

                cpu.Counters.PageTablesAllocated++;
                machine.Memory.FillFrame(made, default);

                // A table that maps nothing yet changes no translation but that this page has none.
                machine.PageTables.WriteTable(cpu, entryAddress, at, page, page, made << TArch.PageShift);
            }

            table = TArch.TableAddress(machine.PageTables.Read(entryAddress));
        }

        return true;
    }

    /// <summary>Physical address of the entry of a table that maps a page.</summary>
    public ulong EntryAddress(ulong table, int level, long page) =>
        table + (((machine.Vmemmap.AddressOfPage(page) >> TArch.LevelShift(level)) & ((1UL << TArch.LevelIndexBits(level)) - 1)) * sizeof(ulong));

    /// <summary>References to a frame: one for each entry that maps it, or leads to it (get_page where an entry is written again with the same frame).</summary>
    public static FolioHead<TArch> ReferencesOf(Cpu<TArch> cpu, ulong frame) => new(cpu, frame);

    /// <summary>Physical addresses of the last-level tables over a range of pages, each once however many entries lead to it.</summary>
    public static HashSet<ulong> LastLevelTables(Machine<TArch> machine, long page, long end)
    {
        var tables = new HashSet<ulong>();
        for (; page < end; page = EndOfTable(page, machine.Vmemmap))
        {
            EntryPlace place = machine.PageTables.Find(page);
            if (place.Level == KernelPageTables<TArch>.LastLevel)
            {
                tables.Add(place.Address & ~((1UL << TArch.PageShift) - 1));
            }
        }

        return tables;
    }

    /// <summary>First page behind the last-level table that maps a page.</summary>
    public static long EndOfTable(long page, VmemmapRegion region)
    {
        // By addresses: vmemmap need not start where a table does.
        ulong address = region.AddressOfPage(page);
        ulong next = (address | ((1UL << TArch.LevelShift(KernelPageTables<TArch>.BlockLevel)) - 1)) + 1;
        return page + (long)((next - address) >> TArch.PageShift);
    }
}
