namespace Vmemmap.HugeTlb;

/// <summary>What an optimizer must know of a huge page: where its struct pages are, and whether they are optimized.</summary>
public abstract class Folio
{
    private protected Folio(ulong headPfn, Hstate hstate, int node, long firstVmemmapPage, long vmemmapPages)
    {
        HeadPfn = headPfn;
        Hstate = hstate;
        Node = node;
        FirstVmemmapPage = firstVmemmapPage;
        VmemmapPages = vmemmapPages;
    }

    /// <summary>Its first frame.</summary>
    public ulong HeadPfn { get; }

    /// <summary>Its size.</summary>
    public Hstate Hstate { get; private protected set; }

    /// <summary>Its NUMA node.</summary>
    public int Node { get; }

    /// <summary>First page of its vmemmap, counted from the start of vmemmap. A size of less than a page shares it with others.</summary>
    public long FirstVmemmapPage { get; }

    /// <summary>Whole pages of its vmemmap; 0 if its struct pages are less than a page.</summary>
    public long VmemmapPages { get; private protected set; }

    /// <summary>Last page of its vmemmap.</summary>
    public long LastVmemmapPage => FirstVmemmapPage + Math.Max(0, VmemmapPages - 1);

    /// <summary>Whether its vmemmap is optimized now.</summary>
    [VmemmapState(VmemmapState.Optimized)]
    public bool IsOptimized { get; internal set; }

    /// <summary>
    /// Whether its tail struct pages were never initialised: a folio of boot memory whose vmemmap is to be optimized before anybody
    /// looks at them (6.8 on).
    /// </summary>
    internal bool HasUninitializedTails { get; set; }
}
