namespace Vmemmap.Simulation;

/// <summary>
/// What the machine notes of single frames beside their contents: when a frame was freed last, so that an access through an older
/// translation is seen, and which page of vmemmap may write to it (shadow ownership). Kept for the sections that need it.
/// </summary>
/// <remarks>Any thread may read; a frame's facts are written by whoever owns the frame.</remarks>
internal sealed class FrameTable
{
    /// <summary>The owner of a frame that no page of vmemmap may write to: a shared tail page.</summary>
    public const long Nobody = long.MaxValue - 1;

    private const int ChunkShift = 15;
    private const int ChunkMask = (1 << ChunkShift) - 1;

    private readonly Chunk?[] _chunks;
    private ulong _sequence = 1;

    public FrameTable(ulong frameCount) => _chunks = new Chunk?[(frameCount + ChunkMask) >> ChunkShift];

    /// <summary>The number of frees so far; a translation cached now is older than any free to come.</summary>
    public ulong Sequence => Volatile.Read(ref _sequence);

    /// <summary>Notes that a frame is freed: whatever translation leads to it from now on is stale.</summary>
    public void Freed(ulong pfn)
    {
        Chunk chunk = ChunkOf(pfn);
        int index = (int)pfn & ChunkMask;
        chunk.Owner[index] = 0;
        Volatile.Write(ref chunk.FreedAt[index], Interlocked.Increment(ref _sequence));
    }

    /// <summary>Whether a frame was freed after a translation to it was cached.</summary>
    public bool IsFreedSince(ulong pfn, ulong sequence)
    {
        Chunk? chunk = Volatile.Read(ref _chunks[pfn >> ChunkShift]);
        return chunk is not null && Volatile.Read(ref chunk.FreedAt[(int)pfn & ChunkMask]) > sequence;
    }

    /// <summary>The page of vmemmap, counted from its start, that owns a frame; -1 if none does.</summary>
    public long OwnerOf(ulong pfn) =>
        Volatile.Read(ref _chunks[pfn >> ChunkShift]) is { } chunk ? Volatile.Read(ref chunk.Owner[(int)pfn & ChunkMask]) - 1 : -1;

    /// <summary>Makes a page of vmemmap the owner of a frame; -1 for none.</summary>
    public void SetOwner(ulong pfn, long vmemmapPage) =>
        Volatile.Write(ref ChunkOf(pfn).Owner[(int)pfn & ChunkMask], vmemmapPage + 1);

    private Chunk ChunkOf(ulong pfn)
    {
        ref Chunk? place = ref _chunks[pfn >> ChunkShift];
        if (Volatile.Read(ref place) is { } chunk)
        {
            return chunk;
        }

        Interlocked.CompareExchange(ref place, new Chunk(), null);
        return place;
    }

    private sealed class Chunk
    {
        public readonly ulong[] FreedAt = new ulong[1 << ChunkShift];
        public readonly long[] Owner = new long[1 << ChunkShift];
    }
}
