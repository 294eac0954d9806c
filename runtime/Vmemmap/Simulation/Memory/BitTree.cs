using System.Numerics;

namespace Vmemmap.Simulation;

/// <summary>
/// A set of numbers from 0 up to a fixed length as a hierarchical bitmap: a bit of each upper level says that a word of the level
/// below has a bit. Set, clear, test and find-first cost one word for each level (five for 2^28 numbers).
/// </summary>
/// <remarks>Words of the bottom level are made in chunks on the first set, so that a large set of few members is small. Not thread safe.</remarks>
internal sealed class BitTree
{
    private const int ChunkShift = 9;
    private const int WordsPerChunk = 1 << ChunkShift;

    private readonly ulong[]?[] _bottom;

    // _upper[0] has one bit for each bottom word; the last level is one word.
    private readonly ulong[][] _upper;

    /// <summary>Makes the empty set.</summary>
    /// <param name="length">Members are smaller than this; not negative.</param>
    public BitTree(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        long words = Math.Max(WordsFor(length), 1);
        _bottom = new ulong[]?[checked((int)((words + WordsPerChunk - 1) >> ChunkShift))];
        var upper = new List<ulong[]>();
        do
        {
            words = WordsFor(words);
            upper.Add(new ulong[words]);
        }
        while (words > 1);
        _upper = [.. upper];
    }

    /// <summary>Members are smaller than this.</summary>
    public long Length { get; }

    /// <summary>Number of members.</summary>
    public long Count { get; private set; }

    /// <summary>Adds <paramref name="index"/>; nothing changes if it is a member.</summary>
    public void Set(long index)
    {
        CheckIndex(index);
        long word = index >> 6;
        ref ulong[]? chunk = ref _bottom[word >> ChunkShift];
        chunk ??= new ulong[WordsPerChunk];
        ref ulong bits = ref chunk[word & (WordsPerChunk - 1)];
        ulong before = bits;
        bits = before | 1UL << (int)index;
        if (bits == before)
        {
            return;
        }

        Count++;
        for (int level = 0; before == 0 && level < _upper.Length; level++)
        {
            ref ulong summary = ref _upper[level][word >> 6];
            before = summary;
            summary = before | 1UL << (int)word;
            word >>= 6;
        }
    }

    /// <summary>Removes <paramref name="index"/>; nothing changes if it is not a member.</summary>
    public void Clear(long index)
    {
        CheckIndex(index);
        long word = index >> 6;
        if (_bottom[word >> ChunkShift] is not { } chunk)
        {
            return;
        }

        ref ulong bits = ref chunk[word & (WordsPerChunk - 1)];
        ulong before = bits;
        ulong after = before & ~(1UL << (int)index);
        if (after == before)
        {
            return;
        }

        bits = after;
        Count--;
        for (int level = 0; after == 0 && level < _upper.Length; level++)
        {
            ref ulong summary = ref _upper[level][word >> 6];
            after = summary & ~(1UL << (int)word);
            summary = after;
            word >>= 6;
        }
    }

    /// <summary>Whether <paramref name="index"/> is a member.</summary>
    public bool Contains(long index)
    {
        CheckIndex(index);
        return (BottomWord(index >> 6) >> (int)index & 1) != 0;
    }

    /// <summary>The smallest member that is at least <paramref name="from"/>, or -1.</summary>
    public long FindFirst(long from)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        if (Count == 0 || from >= Length)
        {
            return -1;
        }

        long word = from >> 6;
        ulong bits = BottomWord(word) & ulong.MaxValue << (int)from;
        if (bits != 0)
        {
            return word << 6 | (long)BitOperations.TrailingZeroCount(bits);
        }

        // Up until a level knows of a later word, then down along the first bits.
        long next = word + 1;
        for (int level = 0; level < _upper.Length; level++)
        {
            ulong[] words = _upper[level];
            long summary = next >> 6;
            if (summary >= words.Length)
            {
                return -1;
            }

            bits = words[summary] & ulong.MaxValue << (int)next;
            if (bits != 0)
            {
                return Descend(level, summary << 6 | (long)BitOperations.TrailingZeroCount(bits));
            }

            next = summary + 1;
        }

        return -1;
    }

    private static long WordsFor(long bits) => (bits + 63) >> 6;

    private long Descend(int level, long word)
    {
        while (--level >= 0)
        {
            word = word << 6 | (long)BitOperations.TrailingZeroCount(_upper[level][word]);
        }

        return word << 6 | (long)BitOperations.TrailingZeroCount(BottomWord(word));
    }

    private ulong BottomWord(long word) => _bottom[word >> ChunkShift] is { } chunk ? chunk[word & (WordsPerChunk - 1)] : 0;

    private void CheckIndex(long index)
    {
        if ((ulong)index >= (ulong)Length)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"Members are smaller than {Length}.");
        }
    }
}
