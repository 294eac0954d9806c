using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>
/// The counts of one huge page size (struct hstate), over all nodes and for each. Any thread may read; several numbers read one
/// after the other need not belong together while the pool is used.
/// </summary>
public sealed class HstatePool
{
    private readonly long[] _pages;
    private readonly long[] _free;
    private readonly long[] _surplus;
    private long _reserved;
    private long _maximal;
    private long _overcommit;
    private long _leaving;

    internal HstatePool(Hstate hstate, int nodes, bool isGigantic)
    {
        Hstate = hstate;
        IsGigantic = isGigantic;
        _pages = new long[nodes];
        _free = new long[nodes];
        _surplus = new long[nodes];
    }

    /// <summary>The size.</summary>
    public Hstate Hstate { get; }

    /// <summary>Whether it is larger than what the buddy allocator has (order above MAX_PAGE_ORDER).</summary>
    public bool IsGigantic { get; }

    /// <summary>Huge pages (nr_huge_pages): free, in use, surplus.</summary>
    public long Pages => Sum(_pages);

    /// <summary>Of these, free ones.</summary>
    public long FreePages => Sum(_free);

    /// <summary>Of these, ones beyond what was asked for.</summary>
    public long SurplusPages => Sum(_surplus);

    /// <summary>Huge pages that are not surplus (persistent_huge_pages).</summary>
    public long PersistentPages => Pages - SurplusPages;

    /// <summary>Free ones that are promised (resv_huge_pages).</summary>
    public long ReservedPages => Volatile.Read(ref _reserved);

    /// <summary>Free ones that are promised to nobody.</summary>
    public long AvailablePages => FreePages - ReservedPages;

    /// <summary>What reading vm.nr_hugepages gives (max_huge_pages).</summary>
    public long MaximalPages => Volatile.Read(ref _maximal);

    /// <summary>Surplus pages that may be made on demand (nr_overcommit_huge_pages).</summary>
    public long OvercommitLimit => Volatile.Read(ref _overcommit);

    /// <summary>Huge pages that are counted no more and not yet given back to the page allocator; those in the worker's queue are among them.</summary>
    public long LeavingPages => Volatile.Read(ref _leaving);

    /// <summary>Huge pages of a node.</summary>
    /// <param name="node">The node.</param>
    public long PagesOf(int node) => Volatile.Read(ref _pages[node]);

    /// <summary>Free huge pages of a node.</summary>
    /// <param name="node">The node.</param>
    public long FreePagesOf(int node) => Volatile.Read(ref _free[node]);

    /// <summary>Surplus huge pages of a node.</summary>
    /// <param name="node">The node.</param>
    public long SurplusPagesOf(int node) => Volatile.Read(ref _surplus[node]);

    /// <summary>The node that gives the next huge page (next_nid_to_alloc).</summary>
    internal int NextNodeToAllocate { get; set; }

    /// <summary>The node that loses the next huge page (next_nid_to_free).</summary>
    internal int NextNodeToFree { get; set; }

    /// <summary>Under which the number of huge pages is changed (resize_lock).</summary>
    internal KernelLock ResizeLock { get; } = new("hstate.resize_lock", sleeps: true);

    internal void AddPages(int node, long count) => Change(ref _pages[node], count);

    internal void AddFree(int node, long count) => Change(ref _free[node], count);

    internal void AddSurplus(int node, long count) => Change(ref _surplus[node], count);

    internal void AddReserved(long count) => Change(ref _reserved, count);

    internal void AddLeaving(long count) => Interlocked.Add(ref _leaving, count);

    // Never below nothing: two who change it at a time may count what a third has just set anew.
    internal void AddMaximal(long count) => Volatile.Write(ref _maximal, Math.Max(0, _maximal + count));

    internal void SetMaximal(long count) => Volatile.Write(ref _maximal, count);

    internal void SetOvercommitLimit(long count) => Volatile.Write(ref _overcommit, count);

    private void Change(ref long count, long by)
    {
        if (count + by < 0)
        {
            throw new InconsistentMachineException($"A count of the {Hstate.Name} pages goes from {count} to {count + by}.");
        }

        Volatile.Write(ref count, count + by);
    }

    private static long Sum(long[] counts)
    {
        long sum = 0;
        for (int node = 0; node < counts.Length; node++)
        {
            sum += Volatile.Read(ref counts[node]);
        }

        return sum;
    }
}
