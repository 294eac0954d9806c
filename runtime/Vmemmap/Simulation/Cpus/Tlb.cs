namespace Vmemmap.Simulation;

/// <summary>
/// A CPU's TLB for vmemmap. It is as bad as hardware may be: what it has cached it keeps, until it is flushed. Not thread safe: its
/// CPU guards it.
/// </summary>
internal sealed class Tlb
{
    private readonly Chunk?[] _chunks;
    private readonly int _chunkShift;
    private readonly int _chunkMask;
    private long _generation = 1;

    /// <summary>Makes an empty TLB.</summary>
    /// <param name="pages">Pages of vmemmap.</param>
    /// <param name="chunkShift">log2 of the pages that one last-level table maps, and so one block.</param>
    public Tlb(long pages, int chunkShift)
    {
        _chunkShift = chunkShift;
        _chunkMask = (1 << chunkShift) - 1;
        _chunks = new Chunk?[((pages - 1) >> chunkShift) + 1];
    }

    /// <summary>Finds the translation of a page. A block that is cached is older than the pages it was split into, and wins.</summary>
    public bool TryGet(long page, out TlbEntry entry)
    {
        Chunk? chunk = _chunks[page >> _chunkShift];
        if (chunk is null || chunk.Generation != _generation)
        {
            entry = default;
            return false;
        }

        int index = (int)page & _chunkMask;
        if (chunk.Block.IsValid)
        {
            entry = chunk.Block with { Frame = chunk.Block.Frame + (uint)index };
            return true;
        }

        entry = chunk.Pages is { } pages ? pages[index] : default;
        return entry.IsValid;
    }

    /// <summary>Whether it has a translation of any page from first to last. Where nothing is cached that takes a look at each table, not at each page.</summary>
    public bool HasAny(long first, long last)
    {
        for (long number = first >> _chunkShift; number <= last >> _chunkShift; number++)
        {
            Chunk? chunk = _chunks[number];
            if (chunk is null || chunk.Generation != _generation)
            {
                continue;
            }

            for (long page = Math.Max(first, number << _chunkShift); page <= last && page >> _chunkShift == number; page++)
            {
                if (TryGet(page, out _))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Caches a translation.</summary>
    public void Insert(long page, in TlbEntry entry)
    {
        ref Chunk? place = ref _chunks[page >> _chunkShift];
        Chunk chunk = place ??= new Chunk();
        if (chunk.Generation != _generation)
        {
            chunk.Clear();
            chunk.Generation = _generation;
        }

        int index = (int)page & _chunkMask;
        if (entry.IsBlock)
        {
            chunk.Block = entry with { Frame = entry.Frame - (uint)index };
        }
        else
        {
            (chunk.Pages ??= new TlbEntry[_chunkMask + 1])[index] = entry;
        }
    }

    /// <summary>Forgets the pages from first to last, and every block that reaches into them.</summary>
    public void Flush(long first, long last)
    {
        for (long number = first >> _chunkShift; number <= last >> _chunkShift; number++)
        {
            Chunk? chunk = _chunks[number];
            if (chunk is null || chunk.Generation != _generation)
            {
                continue;
            }

            chunk.Block = default;
            long chunkFirst = number << _chunkShift;
            int from = (int)(Math.Max(first, chunkFirst) - chunkFirst);
            int to = (int)Math.Min(last - chunkFirst, _chunkMask);
            chunk.Pages?.AsSpan(from, to - from + 1).Clear();
        }
    }

    /// <summary>Forgets everything.</summary>
    public void FlushAll() => _generation++;

    private sealed class Chunk
    {
        public long Generation;
        public TlbEntry Block;
        public TlbEntry[]? Pages;

        public void Clear()
        {
            Block = default;
            Pages?.AsSpan().Clear();
        }
    }
}
