namespace Vmemmap.Simulation;

/// <summary>
/// The entries that a page of vmemmap meets in the kernel's page tables, from the root down to the first that leads to no table.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
internal readonly ref struct EntryPath<TArch>
    where TArch : struct, IArchitecture
{
    private readonly KernelPageTables<TArch> _tables;
    private readonly Span<ulong> _addresses;

    /// <summary>Walks to a page.</summary>
    /// <param name="tables">The tables.</param>
    /// <param name="page">The page, counted from the start of vmemmap.</param>
    /// <param name="addresses">Gets the physical addresses of the entries: has room for one of each level.</param>
    public EntryPath(KernelPageTables<TArch> tables, long page, Span<ulong> addresses)
    {
        _tables = tables;
        _addresses = addresses;
        ulong address = tables.AddressOfPage(page);
        ulong table = tables.Root;
        for (int level = 0; ; level++)
        {
            addresses[level] = KernelPageTables<TArch>.EntryAddress(table, level, address);
            Entry = tables.Read(addresses[level]);
            if (TArch.Classify(level, Entry) != EntryKind.Table)
            {
                Level = level;
                return;
            }

            table = TArch.TableAddress(Entry);
        }
    }

    /// <summary>Level of the last entry, 0 = root.</summary>
    public int Level { get; }

    /// <summary>The last entry.</summary>
    public ulong Entry { get; }

    /// <summary>Physical address of the entry of a level.</summary>
    public ulong this[int level] => _addresses[level];

    /// <summary>Frame of the table that a level's entry is in.</summary>
    public ulong FrameOfTable(int level) => _addresses[level] >> TArch.PageShift;

    /// <summary>
    /// Clears what leads to a table in which nothing is left, from the table of a level up as far as that goes. The root stays.
    /// </summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="level">The level.</param>
    /// <param name="frames">Gets the frames of those tables, which are neither flushed nor freed yet.</param>
    public void ClearEmptyTables(Cpu<TArch> cpu, int level, List<ulong> frames)
    {
        for (; level > 0 && IsEmpty(level); level--)
        {
            _tables.Clear(cpu, _addresses[level - 1]);
            frames.Add(FrameOfTable(level));
        }
    }

    private bool IsEmpty(int level)
    {
        ulong table = FrameOfTable(level) << TArch.PageShift;
        ulong end = table + ((ulong)sizeof(ulong) << TArch.LevelIndexBits(level));
        for (; table < end; table += sizeof(ulong))
        {
            if (_tables.Read(table) != 0)
            {
                return false;
            }
        }

        return true;
    }
}
