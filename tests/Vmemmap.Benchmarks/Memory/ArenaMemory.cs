using System.Runtime.CompilerServices;

namespace Vmemmap.Benchmarks.Memory;

/// <summary>Physical memory that is one block from address 0, laid out as <c>native/memory.h</c> has it.</summary>
internal readonly unsafe struct ArenaMemory(byte* data, ulong length) : IPhysicalMemory
{
    private readonly byte* _data = data;
    private readonly ulong _entryLimit = length - (sizeof(ulong) - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadEntry(ulong address, out ulong entry)
    {
        if (address >= _entryLimit)
        {
            entry = 0;
            return false;
        }

        entry = Unsafe.ReadUnaligned<ulong>(_data + address);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TableRead ReadTable(ulong address, Span<ulong> scratch, out ReadOnlySpan<ulong> table)
    {
        ulong bytes = (ulong)scratch.Length * sizeof(ulong);
        if (address >= _entryLimit || bytes > _entryLimit + (sizeof(ulong) - 1) - address)
        {
            table = default;
            return TableRead.Absent;
        }

        table = new ReadOnlySpan<ulong>(_data + address, scratch.Length);
        return TableRead.Present(scratch.Length);
    }
}
