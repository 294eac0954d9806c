using System.Numerics;

namespace Vmemmap.Dumps;

/// <summary>
/// Device DAX deduplication (v5.19 on, v6.12 mm/sparse-vmemmap.c:366-460): of each compound page the first two vmemmap pages are its
/// own and the rest map the second again, writable, aligned to the device and not to the page's size.
/// </summary>
internal sealed class DevdaxScan
{
    private readonly List<Alignment> _alignments = [];

    /// <summary>The groups, by alignment.</summary>
    public IReadOnlyList<DevdaxGroup> Groups =>
        [.. _alignments.OrderBy(a => a.Bytes).Select(a => new DevdaxGroup(a.Bytes, a.Groups, a.FreedPages, a.Tables.Count))];

    /// <summary>Alias runs that are no compound page of a power-of-two size.</summary>
    public long OddRuns { get; private set; }

    /// <summary>Whether a last-level table maps a compound page.</summary>
    /// <param name="table">Its physical address.</param>
    public bool IsTable(ulong table) => _alignments.Exists(a => a.Tables.Contains(table));

    /// <summary>Groups the alias runs of devices by the compound page that they make.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="runs">Alias runs of devices, in address order.</param>
    /// <param name="tableOf">Physical address of the last-level table that maps an address.</param>
    public static DevdaxScan Of(KernelImage kernel, IEnumerable<AliasRun> runs, Func<ulong, ulong?> tableOf)
    {
        var scan = new DevdaxScan();
        foreach (AliasRun run in runs)
        {
            scan.Add(kernel, run, tableOf);
        }

        return scan;
    }

    private void Add(KernelImage kernel, in AliasRun run, Func<ulong, ulong?> tableOf)
    {
        int pageShift = kernel.Architecture.PageShift;
        int pages = run.Count + 1;
        if (!BitOperations.IsPow2(pages) || pages < 4)
        {
            OddRuns++;
            return;
        }

        ulong align = ((ulong)pages << pageShift) / (ulong)kernel.StructPageSize << pageShift;
        Alignment? group = _alignments.Find(a => a.Bytes == align);
        if (group is null)
        {
            _alignments.Add(group = new Alignment(align));
        }

        // Counted, not compared: the last run may end where the address space does.
        int reachShift = kernel.Architecture.PageShift + kernel.Architecture.Levels[^1].IndexBits;
        ulong head = run.Address - (1UL << pageShift);
        ulong tables = ((run.Address + (((ulong)run.Count << pageShift) - 1)) >> reachShift) - (head >> reachShift) + 1;
        for (ulong i = 0; i < tables; i++)
        {
            ulong address = i == 0 ? head : ((head >> reachShift) + i) << reachShift;
            if (tableOf(address) is { } table)
            {
                group.Tables.Add(table);
            }
        }

        group.Groups++;
        group.FreedPages += run.Count - 1;
    }

    /// <summary>What was seen of one alignment.</summary>
    private sealed class Alignment(ulong bytes)
    {
        public ulong Bytes => bytes;

        public long Groups { get; set; }

        public long FreedPages { get; set; }

        public HashSet<ulong> Tables { get; } = [];
    }
}
