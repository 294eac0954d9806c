using System.Numerics;

namespace Vmemmap.Dumps;

/// <summary>
/// Device DAX deduplication (v5.19 on, v6.12 mm/sparse-vmemmap.c:366-460): of each compound page the first two vmemmap pages are its
/// own and the rest map the second again, writable, aligned to the device and not to the page's size.
/// </summary>
internal static class DevdaxScan
{
    /// <summary>Groups the alias runs of device sections by the compound page that they make.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="runs">All alias runs, in address order.</param>
    /// <param name="isDevice">Whether a run is of a device.</param>
    /// <param name="tableOf">Physical address of the last-level table that maps an address.</param>
    /// <param name="warnings">Told of runs that are no compound page.</param>
    public static IReadOnlyList<DevdaxGroup> Group(
        KernelImage kernel, IEnumerable<AliasRun> runs, Func<AliasRun, bool> isDevice, Func<ulong, ulong?> tableOf, List<string> warnings)
    {
        int pageShift = kernel.Architecture.PageShift;
        var groups = new SortedDictionary<ulong, (long Groups, long Freed, HashSet<ulong> Tables)>();
        long odd = 0;
        foreach (AliasRun run in runs.Where(isDevice))
        {
            int pages = run.Count + 1;
            if (!BitOperations.IsPow2(pages) || pages < 4)
            {
                odd++;
                continue;
            }

            ulong align = ((ulong)pages << pageShift) / (ulong)kernel.StructPageSize << pageShift;
            if (!groups.TryGetValue(align, out (long Groups, long Freed, HashSet<ulong> Tables) group))
            {
                group = (0, 0, []);
            }

            ulong tableReach = 1UL << kernel.Architecture.Levels[^2].Shift;
            ulong head = run.Address - (1UL << pageShift);
            for (ulong address = head & ~(tableReach - 1); address < run.End(pageShift); address += tableReach)
            {
                if (tableOf(Math.Max(address, head)) is { } table)
                {
                    group.Tables.Add(table);
                }
            }

            groups[align] = (group.Groups + 1, group.Freed + run.Count - 1, group.Tables);
        }

        if (odd > 0)
        {
            warnings.Add($"{odd} runs of aliased vmemmap pages over device memory are no compound page of a power-of-two size; they are not counted");
        }

        return [.. groups.Select(g => new DevdaxGroup(g.Key, g.Value.Groups, g.Value.Freed, g.Value.Tables.Count))];
    }
}
