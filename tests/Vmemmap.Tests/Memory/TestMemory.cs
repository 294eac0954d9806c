namespace Vmemmap.Tests.Memory;

/// <summary>
/// Physical memory as a dictionary of blocks of 64 words, each word there or not. What a read may not look at is filled with
/// <see cref="Poison"/>, so that code which looks nevertheless is found out.
/// </summary>
internal readonly struct TestMemory : IPhysicalMemory
{
    /// <summary>Valid in every architecture, and leads nowhere: a walker that reads it reports something absurd.</summary>
    public const ulong Poison = 0xdead_beef_dead_beefUL;

    private readonly Dictionary<ulong, Block> _blocks;
    private readonly bool _copies;

    public TestMemory()
        : this([], false)
    {
    }

    private TestMemory(Dictionary<ulong, Block> blocks, bool copies) => (_blocks, _copies) = (blocks, copies);

    /// <summary>The same memory, copied into the reader's scratch as compressed images are; else it hands out storage of its own.</summary>
    public TestMemory Copying => new(_blocks, true);

    /// <summary>Number of words that are there.</summary>
    public int Count => _blocks.Values.Sum(b => System.Numerics.BitOperations.PopCount(b.Present));

    /// <summary>The word at an address, which becomes present.</summary>
    public ulong this[ulong address]
    {
        get => TryReadEntry(address, out ulong entry) ? entry : throw new KeyNotFoundException($"no word at 0x{address:x}");
        set
        {
            Block block = BlockAt(address);
            int index = (int)(address >> 3 & 63);
            block.Present |= 1UL << index;
            block.Words[index] = value;
        }
    }

    /// <summary>Makes words present; those that were not are zero.</summary>
    public void MakePresent(ulong address, int words)
    {
        for (int i = 0; i < words;)
        {
            ulong at = address + ((ulong)i * 8);
            Block block = BlockAt(at);
            int index = (int)(at >> 3 & 63);
            int length = Math.Min(64 - index, words - i);
            block.Present |= (length == 64 ? ulong.MaxValue : (1UL << length) - 1) << index;
            i += length;
        }
    }

    public bool TryReadEntry(ulong address, out ulong entry)
    {
        int index = (int)(address >> 3 & 63);
        if (address % 8 == 0 && _blocks.TryGetValue(address >> 9, out Block? block) && (block.Present >> index & 1) != 0)
        {
            entry = block.Words[index];
            return true;
        }

        entry = 0;
        return false;
    }

    /// <summary>Hands out the first run of words that are there, with poison around them and in what is not used.</summary>
    public TableRead ReadTable(ulong address, Span<ulong> scratch, out ReadOnlySpan<ulong> table)
    {
        scratch.Fill(Poison);
        Span<ulong> own = scratch;
        if (!_copies)
        {
            own = new ulong[scratch.Length];
            own.Fill(Poison);
        }

        table = own;
        int start = 0;
        while (start < own.Length && !TryReadEntry(address + ((ulong)start * 8), out _))
        {
            start++;
        }

        int end = start;
        while (end < own.Length && TryReadEntry(address + ((ulong)end * 8), out ulong entry))
        {
            own[end++] = entry;
        }

        return start == end ? TableRead.Absent : new TableRead(start, end - start);
    }

    private Block BlockAt(ulong address)
    {
        if (address % 8 != 0)
        {
            throw new ArgumentException($"0x{address:x} is no multiple of 8", nameof(address));
        }

        if (!_blocks.TryGetValue(address >> 9, out Block? block))
        {
            _blocks.Add(address >> 9, block = new Block());
        }

        return block;
    }

    private sealed class Block
    {
        public ulong Present;
        public readonly ulong[] Words = new ulong[64];
    }
}
