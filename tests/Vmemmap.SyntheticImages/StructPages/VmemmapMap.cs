namespace Vmemmap.SyntheticImages;

/// <summary>Which frame each page of vmemmap maps: the intent that page tables, struct pages and the tests are made from.</summary>
internal sealed class VmemmapMap(MachineGeometry machine)
{
    private readonly Dictionary<ulong, VmemmapTable> _tables = [];
    private readonly int _pagesPerTable = 1 << (machine.LastTableShift - machine.PageShift);

    /// <summary>Every table's reach that is mapped, with its first address.</summary>
    internal IEnumerable<KeyValuePair<ulong, VmemmapTable>> Tables =>
        _tables.Select(pair => KeyValuePair.Create(pair.Key << machine.LastTableShift, pair.Value));

    /// <summary>Maps a full block, unless the place is taken.</summary>
    internal void MapBlock(ulong address, Func<ulong> frame)
    {
        ulong key = address >> machine.LastTableShift;
        if (!_tables.ContainsKey(key))
        {
            _tables.Add(key, VmemmapTable.OfBlock(frame()));
        }
    }

    /// <summary>Maps one page, unless the place is taken.</summary>
    internal void MapPage(ulong address, Func<ulong> frame)
    {
        ref ulong place = ref Place(address);
        if (place == VmemmapTable.Unmapped)
        {
            place = frame();
        }
    }

    /// <summary>Gives a page that is mapped another frame, splitting its block.</summary>
    internal void Remap(ulong address, ulong frame, bool alias)
    {
        Place(address) = frame;
        _tables[address >> machine.LastTableShift].Alias[IndexOf(address)] = alias;
    }

    /// <summary>Splits the block at an address.</summary>
    internal void Split(ulong address) => Table(address).Split(_pagesPerTable, machine.PageSize);

    /// <summary>Lets a place use the table of another.</summary>
    internal void Share(ulong address, ulong owner) => Table(address).SharedWith = owner;

    /// <summary>The frame that an address maps, or null if there is none.</summary>
    internal ulong? FrameOf(ulong address)
    {
        if (!_tables.TryGetValue(address >> machine.LastTableShift, out VmemmapTable? table))
        {
            return null;
        }

        if (table.SharedWith is ulong owner)
        {
            ulong mask = (1UL << machine.LastTableShift) - 1;
            return FrameOf((owner & ~mask) | (address & mask));
        }

        ulong frame = table.Frames is null
            ? table.Block + ((ulong)IndexOf(address) << machine.PageShift)
            : table.Frames[IndexOf(address)];
        return frame == VmemmapTable.Unmapped ? null : frame;
    }

    /// <summary>Whether HVO made the page an alias.</summary>
    internal bool IsAlias(ulong address) =>
        Table(address) is { Frames: not null } table && table.Alias[IndexOf(address)];

    private ref ulong Place(ulong address)
    {
        VmemmapTable table = Table(address);
        table.Split(_pagesPerTable, machine.PageSize);
        return ref table.Frames![IndexOf(address)];
    }

    private VmemmapTable Table(ulong address)
    {
        ulong key = address >> machine.LastTableShift;
        if (!_tables.TryGetValue(key, out VmemmapTable? table))
        {
            table = VmemmapTable.OfPages(_pagesPerTable);
            _tables.Add(key, table);
        }

        return table;
    }

    private int IndexOf(ulong address) => (int)((address >> machine.PageShift) & (ulong)(_pagesPerTable - 1));
}
