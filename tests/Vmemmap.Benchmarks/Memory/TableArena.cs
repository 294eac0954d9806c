using System.Runtime.InteropServices;

namespace Vmemmap.Benchmarks.Memory;

/// <summary>Page tables of one architecture in native memory, with pages mapped from a start on without gaps.</summary>
/// <typeparam name="TArch">The architecture.</typeparam>
internal sealed unsafe class TableArena<TArch> : IDisposable
    where TArch : struct, IArchitecture
{
    private readonly byte* _data;
    private readonly ulong _length;
    private readonly EntryBits _bits;
    private ulong _free;

    /// <summary>Maps pages.</summary>
    /// <param name="bits">How entries are written.</param>
    /// <param name="first">Virtual address of the first page.</param>
    /// <param name="pages">How many.</param>
    /// <param name="pageOf">The frame that a page maps, and whether it is writable.</param>
    public TableArena(EntryBits bits, ulong first, long pages, Func<long, (ulong Frame, bool Writable)> pageOf)
    {
        _bits = bits;
        First = first;
        Last = first + ((ulong)pages << TArch.PageShift) - 1;
        _length = Size(pages);
        _data = (byte*)NativeMemory.AlignedAlloc((nuint)_length, 1 << 21);
        NativeMemory.Clear(_data, (nuint)_length);

        // The last-level tables come first and in order: they are then one block, as a sequential pass needs them.
        int last = TArch.LevelCount - 1;
        ulong leaves = 0;
        _free = (ulong)TablesOf(pages, last) << TArch.PageShift;
        LeafBytes = _free;
        Root = Allocate();
        ulong table = 0;
        for (long page = 0; page < pages; page++)
        {
            ulong address = first + ((ulong)page << TArch.PageShift);
            ulong index = IndexOf(address, last);
            if (page == 0 || index == 0)
            {
                table = leaves;
                leaves += 1UL << TArch.PageShift;
                Link(address, table);
            }

            (ulong frame, bool writable) = pageOf(page);
            At(table, index) = _bits.Page(frame, writable);
        }
    }

    /// <summary>First virtual address.</summary>
    public ulong First { get; }

    /// <summary>Last virtual address, inclusive.</summary>
    public ulong Last { get; }

    /// <summary>Physical address of the root table.</summary>
    public ulong Root { get; }

    /// <summary>Bytes of the last-level tables, which start at physical address 0.</summary>
    public ulong LeafBytes { get; }

    /// <summary>The memory.</summary>
    public ArenaMemory Memory => new(_data, _length);

    /// <summary>The last-level tables, one after the other.</summary>
    public ulong* LeafTables => (ulong*)_data;

    /// <summary>The memory as C sees it.</summary>
    public Native.NativeMemoryView View => new((nint)_data, _length - (sizeof(ulong) - 1));

    /// <summary>Random addresses of what is mapped.</summary>
    public ulong[] RandomAddresses(int count)
    {
        var random = new Random(1);
        var addresses = new ulong[count];
        for (int i = 0; i < count; i++)
        {
            addresses[i] = First + ((ulong)random.NextInt64((long)(Last - First)) & ~7UL);
        }

        return addresses;
    }

    public void Dispose() => NativeMemory.AlignedFree(_data);

    private static ulong IndexOf(ulong address, int level) =>
        (address >> TArch.LevelShift(level)) & ((1UL << TArch.LevelIndexBits(level)) - 1);

    private static long TablesOf(long pages, int level)
    {
        int reach = TArch.LevelShift(level) + TArch.LevelIndexBits(level) - TArch.PageShift;
        return (pages >> reach) + 2;
    }

    private static ulong Size(long pages)
    {
        long tables = 0;
        for (int level = 0; level < TArch.LevelCount; level++)
        {
            tables += TablesOf(pages, level);
        }

        return (ulong)tables << TArch.PageShift;
    }

    private ulong Allocate()
    {
        ulong table = _free;
        _free += 1UL << TArch.PageShift;
        return table;
    }

    private void Link(ulong address, ulong leafTable)
    {
        ulong table = Root;
        for (int level = 0; level < TArch.LevelCount - 2; level++)
        {
            ref ulong entry = ref At(table, IndexOf(address, level));
            if (entry == 0)
            {
                entry = _bits.Table(Allocate());
            }

            table = TArch.TableAddress(entry);
        }

        At(table, IndexOf(address, TArch.LevelCount - 2)) = _bits.Table(leafTable);
    }

    private ref ulong At(ulong table, ulong index) => ref *(ulong*)(_data + table + (index * sizeof(ulong)));
}
