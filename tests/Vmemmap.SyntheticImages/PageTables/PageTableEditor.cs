namespace Vmemmap.SyntheticImages;

/// <summary>Changes finished page tables: to damage them, mostly.</summary>
public sealed class PageTableEditor
{
    private readonly PageTableWriter _tables;
    private readonly IEntryFormat _format;

    internal PageTableEditor(
        MachineGeometry machine, PhysicalMemory memory, PageTableWriter tables, IEntryFormat format, ulong vmemmap, ulong structPageSize)
    {
        Machine = machine;
        Memory = memory;
        _tables = tables;
        _format = format;
        Vmemmap = vmemmap;
        StructPageSize = structPageSize;
    }

    /// <summary>The machine.</summary>
    public MachineGeometry Machine { get; }

    /// <summary>The memory, for whatever the rest does not cover.</summary>
    public PhysicalMemory Memory { get; }

    /// <summary>Address of PFN 0's struct page.</summary>
    public ulong Vmemmap { get; }

    /// <summary>sizeof(struct page).</summary>
    public ulong StructPageSize { get; }

    /// <summary>Address of a struct page.</summary>
    public ulong StructPage(ulong pfn) => Vmemmap + (pfn * StructPageSize);

    /// <summary>Physical address of the entry that translates an address on a level. The tables above it must be there.</summary>
    public ulong EntryAddress(int level, ulong virtualAddress) => _tables.EntryAddress(level, virtualAddress);

    /// <summary>The raw entry.</summary>
    public ulong Entry(int level, ulong virtualAddress) => Memory.Read64(EntryAddress(level, virtualAddress))!.Value;

    /// <summary>Replaces the raw entry.</summary>
    public void SetEntry(int level, ulong virtualAddress, ulong entry) => Memory.Write64(EntryAddress(level, virtualAddress), entry);

    /// <summary>Physical address of the table that translates an address on a level.</summary>
    public ulong TableAddress(int level, ulong virtualAddress) => _tables.TableAddress(level, virtualAddress);

    /// <summary>Makes the entry of a level point to a table.</summary>
    public void PointTo(int level, ulong virtualAddress, ulong table) => SetEntry(level, virtualAddress, _format.Table(table));

    /// <summary>Makes a table entry of one address point to the table of another.</summary>
    public void ShareTable(int level, ulong virtualAddress, ulong owner) => _tables.ShareTable(level, virtualAddress, owner);

    /// <summary>Leaves a table out of the image.</summary>
    public void DropTable(int level, ulong virtualAddress) => Memory.Remove(_tables.TableAddress(level, virtualAddress));
}
