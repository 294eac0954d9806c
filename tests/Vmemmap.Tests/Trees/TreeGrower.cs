using Vmemmap.Tests.Manuals;
using Vmemmap.Tests.Memory;

namespace Vmemmap.Tests.Trees;

/// <summary>
/// Grows trees as a damaged memory image might hold them: tables, leaves of every level, contiguous groups, whole and torn, holes,
/// bits that mean nothing, raw noise, words that are missing, tables that are shared and tables that are their own ancestors.
/// </summary>
internal sealed class TreeGrower
{
    private readonly Manual _manual;
    private readonly Random _random;
    private readonly TestMemory _memory = new();
    private readonly List<Spot> _spots = [];
    private readonly List<ulong> _path = [];
    private readonly List<ulong>[] _tables;
    private int _budget;

    private TreeGrower(Manual manual, int seed, int budget)
    {
        _manual = manual;
        _random = new Random(seed);
        _budget = budget;
        _tables = [.. Enumerable.Range(0, manual.LevelCount).Select(_ => new List<ulong>())];
    }

    public static RandomTree Grow(Manual manual, int seed, int budget)
    {
        TreeGrower grower = new(manual, seed, budget);
        ulong root = grower.RootAddress();
        while (grower._budget > 0)
        {
            grower.Fill(0, root, 0);
        }

        return new(manual, seed, budget, grower._memory, root, grower._spots);
    }

    // A root smaller than a page may start inside of one: arm64 64K VA52 enters at 0x1e00 of swapper_pg_dir on a 48-bit CPU.
    private ulong RootAddress()
    {
        ulong bytes = Math.Max(64UL, 8UL << _manual.IndexBits(0));
        ulong page = Frame(_manual.PageShift);
        return _random.Next(4) == 0 && bytes < 1UL << _manual.PageShift
            ? page + ((ulong)_random.Next((int)((1UL << _manual.PageShift) / bytes)) * bytes)
            : page;
    }

    private ulong Frame(int alignmentShift)
    {
        ulong address = (ulong)_random.NextInt64() & ((1UL << _manual.PhysicalAddressBits) - 1);
        return address >> alignmentShift << alignmentShift;
    }

    private void Fill(int level, ulong table, ulong prefix)
    {
        _budget--;
        _path.Add(table);
        if (!_tables[level].Contains(table))
        {
            _tables[level].Add(table);
            MakePresent(table, 1 << _manual.IndexBits(level));
        }

        int index = 0;
        for (int planted = _random.Next(2, 7); planted > 0; planted--)
        {
            index = NextIndex(level, index);
            Plant(level, table, index, prefix);
        }

        _path.RemoveAt(_path.Count - 1);
    }

    private void MakePresent(ulong table, int entries)
    {
        switch (_random.Next(12))
        {
            case 0:
                // Nothing but what is planted: islands.
                break;
            case 1:
                int start = _random.Next(entries);
                _memory.MakePresent(table + ((ulong)start * 8), _random.Next(entries - start) + 1);
                break;
            case 2:
                int gap = _random.Next(entries);
                _memory.MakePresent(table, gap);
                int after = Math.Min(entries, gap + _random.Next(1, 40));
                _memory.MakePresent(table + ((ulong)after * 8), entries - after);
                break;
            default:
                _memory.MakePresent(table, entries);
                break;
        }
    }

    private int NextIndex(int level, int index)
    {
        int entries = 1 << _manual.IndexBits(level);
        return _random.Next(5) switch
        {
            0 => 0,
            1 => entries - 1,
            2 => (index + 1) % entries,
            _ => _random.Next(entries),
        };
    }

    private void Plant(int level, ulong table, int index, ulong prefix)
    {
        bool last = level == _manual.LastLevel;
        int roll = _random.Next(100);
        if (!last && roll < 45)
        {
            PlantTable(level, table, index, prefix);
        }
        else if (!last && roll < 52 && _tables[level + 1].Count > 0)
        {
            Put(level, table, index, prefix, _manual.Table(Pick(_tables[level + 1]), IsMostly()));
        }
        else if (!last && roll < 57)
        {
            // Aligned down where the root starts inside of a page: then it is no ancestor, only memory in use.
            Put(level, table, index, prefix, _manual.Table(Pick(_path) >> _manual.PageShift << _manual.PageShift, IsMostly()));
        }
        else if (!last && roll < 61)
        {
            Put(level, table, index, prefix, _manual.Table(Frame(_manual.PageShift), IsMostly()));
        }
        else if (roll < 70)
        {
            Put(level, table, index, prefix, Leaf(level));
        }
        else if (roll < 78)
        {
            PlantRun(level, table, index, prefix);
        }
        else if (roll < 86)
        {
            PlantGroup(level, table, index, prefix);
        }
        else
        {
            Put(level, table, index, prefix, Damaged(level, roll));
        }
    }

    private void PlantTable(int level, ulong table, int index, ulong prefix)
    {
        ulong address = Put(level, table, index, prefix, 0);
        if (_budget <= 0)
        {
            return;
        }

        ulong child = Frame(_manual.PageShift);
        _memory[table + ((ulong)index * 8)] = _manual.Table(child, IsMostly());
        Fill(level + 1, child, address);
    }

    private void PlantRun(int level, ulong table, int index, ulong prefix)
    {
        int end = Math.Min(1 << _manual.IndexBits(level), index + _random.Next(2, 40));
        for (int i = index; i < end; i++)
        {
            Write(level, table, i, Leaf(level));
        }

        _spots.Add(new(Address(level, index, prefix), 1UL << _manual.Shift(level)));
        _spots.Add(new(Address(level, end - 1, prefix), 1UL << _manual.Shift(level)));
    }

    private void PlantGroup(int level, ulong table, int index, ulong prefix)
    {
        int count = _manual.GroupCount(level);
        int start = index & ~(count - 1);
        int shift = _manual.Shift(level);
        ulong frame = Frame(shift + System.Numerics.BitOperations.Log2((uint)count));
        bool writable = IsMostly();
        for (int i = 0; i < count; i++)
        {
            Write(level, table, start + i, _manual.Leaf(level, frame + ((ulong)i << shift), writable, contiguous: true));
        }

        if (_random.Next(4) == 0)
        {
            // A torn group: one of its members is something else.
            Write(level, table, start + _random.Next(count), _random.Next(2) == 0 ? 0 : Leaf(level));
        }

        _spots.Add(new(Address(level, start, prefix), 1UL << shift));
        _spots.Add(new(Address(level, index, prefix), 1UL << shift));
        _spots.Add(new(Address(level, start + count - 1, prefix), 1UL << shift));
    }

    private ulong Leaf(int level) => _manual.Leaf(level, Frame(_manual.Shift(level)), IsMostly(), _random.Next(8) == 0);

    private ulong Damaged(int level, int roll)
    {
        ulong noise = ((ulong)_random.NextInt64() << 1) ^ (ulong)_random.NextInt64();
        if (roll < 89)
        {
            return noise | 1;
        }

        if (roll < 91)
        {
            return noise & ~1UL;
        }

        // Single bits of a good entry: each reserved pattern is one or two of these away.
        ulong entry = _random.Next(2) == 0 ? Leaf(level) : _manual.Table(Frame(_manual.PageShift));
        for (int flips = _random.Next(1, 4); flips > 0; flips--)
        {
            entry ^= 1UL << _random.Next(64);
        }

        return entry;
    }

    private ulong Put(int level, ulong table, int index, ulong prefix, ulong entry)
    {
        Write(level, table, index, entry);
        ulong address = Address(level, index, prefix);
        _spots.Add(new(address, 1UL << _manual.Shift(level)));
        return address;
    }

    private void Write(int level, ulong table, int index, ulong entry)
    {
        Assert.InRange(index, 0, (1 << _manual.IndexBits(level)) - 1);
        _memory[table + ((ulong)index * 8)] = entry;
    }

    private ulong Address(int level, int index, ulong prefix) => _manual.Canonical(prefix | (ulong)index << _manual.Shift(level));

    private bool IsMostly() => _random.Next(5) != 0;

    private ulong Pick(List<ulong> from) => from[_random.Next(from.Count)];
}
