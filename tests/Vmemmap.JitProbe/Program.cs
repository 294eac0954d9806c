using System.Runtime.CompilerServices;
using Vmemmap;

// Makes a table, and walks one page-table tree with everything in it, so that the JIT compiles both for x86-64.
ulong[] words = new ulong[4 * 512];
words[0] = 0x1003;
words[512] = 0x2003;
words[513] = 0x4000_0083;
words[1024] = 0x3003;
Mapping.MapRun<X64>(words.AsSpan(1536, 1), 0x8000, true);
FlatMemory memory = new(words);
Counter counter = default;
bool finished = PageTableWalk.Walk(default(ArchitectureFormat<X64>), in memory, 0, 0, (2UL << 30) - 1, ref counter);
Console.WriteLine($"{finished} {counter.Pages} {counter.Blocks} {counter.Holes}");

/// <summary>Makes entries as code that is generic over the architecture does.</summary>
internal static class Mapping
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void MapRun<TArch>(Span<ulong> table, ulong physicalAddress, bool writable)
        where TArch : struct, IArchitecture
    {
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = TArch.MakeLeaf(TArch.LevelCount - 1, physicalAddress + ((ulong)i << TArch.PageShift), writable);
        }
    }
}

/// <summary>Memory that is one array.</summary>
internal readonly struct FlatMemory(ulong[] words) : IPhysicalMemory
{
    public bool TryReadEntry(ulong address, out ulong entry)
    {
        bool there = address >> 3 < (ulong)words.Length;
        entry = there ? words[address >> 3] : 0;
        return there;
    }

    public TableRead ReadTable(ulong address, Span<ulong> scratch, out ReadOnlySpan<ulong> table)
    {
        bool there = (address >> 3) + (ulong)scratch.Length <= (ulong)words.Length;
        table = there ? words.AsSpan((int)(address >> 3), scratch.Length) : default;
        return there ? TableRead.Present(scratch.Length) : TableRead.Absent;
    }
}

/// <summary>Counts what the walk meets.</summary>
internal struct Counter : IPageTableVisitor
{
    public int Pages;
    public int Blocks;
    public int Holes;

    public bool VisitPages(ulong address, ulong entryAddress, scoped ReadOnlySpan<ulong> entries, bool writable)
    {
        Pages += entries.Length;
        return true;
    }

    public bool VisitBlocks(int level, ulong address, ulong entryAddress, scoped ReadOnlySpan<ulong> entries, bool writable)
    {
        Blocks += entries.Length;
        return true;
    }

    public bool VisitHole(int level, ulong address, ulong length)
    {
        Holes++;
        return true;
    }

    public readonly bool VisitFault(in WalkFault fault) => true;
}
