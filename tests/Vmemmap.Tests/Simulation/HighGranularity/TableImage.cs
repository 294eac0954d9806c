using Vmemmap.Tests.Manuals;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>A page table as it was when it was looked at last, and what follows from its words.</summary>
internal sealed class TableImage(ulong table, int level, ulong start, int entries)
{
    /// <summary>Its physical address.</summary>
    public ulong Table => table;

    public int Level => level;

    /// <summary>The first virtual address that it translates.</summary>
    public ulong Start => start;

    /// <summary>When it was looked at last.</summary>
    public long Look { get; set; } = -1;

    public ulong[] Words { get; } = new ulong[entries];

    public RawKind[] Kinds { get; } = new RawKind[entries];

    /// <summary>Where the walker written by hand comes to by an entry that is a leaf.</summary>
    public Outcome[] Outcomes { get; } = new Outcome[entries];

    /// <summary>The tables that entries lead to.</summary>
    public ulong[] Below { get; } = new ulong[entries];

    /// <summary>Base pages that its leaves map.</summary>
    public long Mapped { get; set; }

    /// <summary>Leaves, a group counting once: the first frame, log2 of the size, and whether it is of a file's page or of one of the mapping's own.</summary>
    public List<(ulong Pfn, int Shift, object Mapping)> Leaves { get; } = [];

    /// <summary>Positions of a huge page's own size that count as a mapping of it: whose, and which page of the file.</summary>
    public List<(object Mapping, long Index)> Positions { get; } = [];
}
