using System.Numerics;
using System.Runtime.Intrinsics;

namespace Vmemmap.Simulation;

/// <summary>
/// Every 64-byte line that some frame was ever filled with, once, by number. Line 0 is all zeros. A line stays for ever, so a number that a reader
/// still holds never comes to mean another line; a machine needs one for each huge page at most (its tails), 64 bytes each.
/// </summary>
/// <remarks>Any thread may read and intern. Known lines are found without a lock; the first time of a line takes one.</remarks>
internal sealed class LineTable
{
    private const int ChunkShift = 10;
    private const int LinesPerChunk = 1 << ChunkShift;

    private readonly Lock _inserting = new();

    // A chunk never moves; the array of chunks is replaced by a longer one, as are the buckets.
    private Vector512<ulong>[][] _chunks = [new Vector512<ulong>[LinesPerChunk]];
    private int _count = 1;

    // Linear probing, at most half full: 0 is an empty bucket, n + 1 is line n.
    private int[] _buckets = new int[1 << 8];

    /// <summary>Makes the table with the line of zeros in it.</summary>
    public LineTable() => _buckets[Hash(Vector512<ulong>.Zero) & (uint)(_buckets.Length - 1)] = 1;

    /// <summary>Number of lines.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The line of a number that <see cref="Intern"/> gave.</summary>
    public ref readonly Vector512<ulong> this[uint line] => ref _chunks[line >> ChunkShift][line & (LinesPerChunk - 1)];

    /// <summary>The number of a line, which is given one if it is new.</summary>
    public uint Intern(in Vector512<ulong> line)
    {
        if (line == Vector512<ulong>.Zero)
        {
            return 0;
        }

        uint hash = Hash(line);
        return TryFind(hash, line, out uint known, out _) ? known : Insert(hash, line);
    }

    // Lines differ in few bits (one pointer each): products folded in the middle bring every bit to the low ones. A pair of words that
    // meets its constants gives 0 whatever its other word is, which costs a longer search and nothing else.
    private static uint Hash(in Vector512<ulong> line)
    {
        Vector512<ulong> mixed = line ^ Vector512.Create(
            0xa076_1d64_78bd_642fUL, 0xe703_7ed1_a0b4_28dbUL, 0x8ebc_6af0_9c88_c6e3UL, 0x5899_65cc_7537_4cc3UL,
            0x1d8e_4e27_c47d_124fUL, 0xeb44_acca_b455_d165UL, 0x9e37_79b9_7f4a_7c15UL, 0xc2b2_ae3d_27d4_eb4fUL);
        ulong hash = Folded(mixed[0], mixed[1]) ^ BitOperations.RotateLeft(Folded(mixed[2], mixed[3]), 16) ^
            BitOperations.RotateLeft(Folded(mixed[4], mixed[5]), 32) ^ BitOperations.RotateLeft(Folded(mixed[6], mixed[7]), 48);
        return (uint)(hash ^ hash >> 32);
    }

    private static ulong Folded(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }

    private bool TryFind(uint hash, in Vector512<ulong> line, out uint known, out uint empty)
    {
        int[] buckets = Volatile.Read(ref _buckets);
        uint mask = (uint)buckets.Length - 1;
        for (uint at = hash & mask; ; at = at + 1 & mask)
        {
            int bucket = Volatile.Read(ref buckets[at]);
            if (bucket == 0)
            {
                (known, empty) = (0, at);
                return false;
            }

            known = (uint)bucket - 1;
            if (this[known] == line)
            {
                empty = 0;
                return true;
            }
        }
    }

    private uint Insert(uint hash, in Vector512<ulong> line)
    {
        lock (_inserting)
        {
            // Another thread may have been first, and the buckets may have been replaced under the search.
            if (TryFind(hash, line, out uint known, out uint empty))
            {
                return known;
            }

            uint number = (uint)_count;
            Place(number, line);
            if ((_count + 1L) * 2 > _buckets.Length)
            {
                Grow();
                TryFind(hash, line, out _, out empty);
            }

            // The line is there before the bucket that leads to it.
            Volatile.Write(ref _buckets[empty], checked((int)number + 1));
            Volatile.Write(ref _count, (int)number + 1);
            return number;
        }
    }

    private void Place(uint number, in Vector512<ulong> line)
    {
        uint chunk = number >> ChunkShift;
        if (chunk == _chunks.Length)
        {
            Vector512<ulong>[][] longer = new Vector512<ulong>[_chunks.Length * 2][];
            _chunks.CopyTo(longer, 0);
            Volatile.Write(ref _chunks, longer);
        }

        _chunks[chunk] ??= new Vector512<ulong>[LinesPerChunk];
        _chunks[chunk][number & (LinesPerChunk - 1)] = line;
    }

    private void Grow()
    {
        int[] buckets = new int[checked(_buckets.Length * 2)];
        uint mask = (uint)buckets.Length - 1;
        for (uint number = 0; number < (uint)_count; number++)
        {
            uint at = Hash(this[number]) & mask;
            while (buckets[at] != 0)
            {
                at = at + 1 & mask;
            }

            buckets[at] = (int)number + 1;
        }

        Volatile.Write(ref _buckets, buckets);
    }
}
