namespace Vmemmap.SyntheticImages;

/// <summary>Builds one tree of page tables. It remembers its tables, and never reads back what it wrote.</summary>
internal sealed class PageTableWriter(
    MachineGeometry machine, PhysicalMemory memory, FrameAllocator frames, IEntryFormat format, ulong root)
{
    private readonly Dictionary<(int Level, ulong Prefix), ulong> _tables = [];

    /// <summary>Physical address of the entry that translates an address on a level, with the tables above it made.</summary>
    internal ulong EntryAddress(int level, ulong virtualAddress)
    {
        TableLevel shape = machine.Levels[level];
        ulong index = (virtualAddress >> shape.Shift) & ((1UL << shape.IndexBits) - 1);
        return TableAddress(level, virtualAddress) + (index * 8);
    }

    /// <summary>Physical address of the table that translates an address on a level, made if it is not there.</summary>
    internal ulong TableAddress(int level, ulong virtualAddress)
    {
        if (level == 0)
        {
            memory.Include(root);
            return root;
        }

        var key = (level, virtualAddress >> (machine.Levels[level].Shift + machine.Levels[level].IndexBits));
        if (!_tables.TryGetValue(key, out ulong table))
        {
            table = frames.Take(machine.PageSize, machine.PageSize);
            memory.Include(table);
            memory.Write64(EntryAddress(level - 1, virtualAddress), format.Table(table));
            _tables.Add(key, table);
        }

        return table;
    }

    /// <summary>Makes one table serve a second place.</summary>
    internal void ShareTable(int level, ulong virtualAddress, ulong owner)
    {
        ulong table = TableAddress(level, owner);
        memory.Write64(EntryAddress(level - 1, virtualAddress), format.Table(table));
    }

    /// <summary>Maps one leaf.</summary>
    internal void MapLeaf(int level, ulong virtualAddress, ulong address, MappingKind kind, bool grouped = false) =>
        memory.Write64(EntryAddress(level, virtualAddress), format.Leaf(address, level == machine.LastLevel, kind, grouped));

    /// <summary>Maps a range by the largest leaves that fit, in contiguous groups where the family has them.</summary>
    internal void MapRange(ulong virtualAddress, MemoryRange range, MappingKind kind)
    {
        for (ulong done = 0; done < range.Length;)
        {
            ulong to = virtualAddress + done;
            ulong from = range.Start + done;
            ulong left = range.Length - done;
            int level = LargestLeaf(to | from, left);
            ulong reach = 1UL << machine.Levels[level].Shift;
            ulong group = (ulong)machine.Levels[level].Group;
            bool grouped = group > 1 && left >= reach * group && ((to | from) & ((reach * group) - 1)) == 0;
            for (ulong i = 0; i < (grouped ? group : 1); i++)
            {
                MapLeaf(level, to + (i * reach), from + (i * reach), kind, grouped);
                done += reach;
            }
        }
    }

    private int LargestLeaf(ulong alignment, ulong length)
    {
        for (int level = 0; ; level++)
        {
            ulong reach = 1UL << machine.Levels[level].Shift;
            if (machine.Levels[level].Block && length >= reach && (alignment & (reach - 1)) == 0)
            {
                return level;
            }
        }
    }
}
