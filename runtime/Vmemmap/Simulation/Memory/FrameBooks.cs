namespace Vmemmap.Simulation;

/// <summary>How many frames of a machine are used for what. The sum never changes but by hot plug. Any thread.</summary>
public sealed class FrameBooks
{
    private readonly long[] _frames = new long[Enum.GetValues<FrameUse>().Length];
    private long _lowestFree;

    internal FrameBooks()
    {
    }

    /// <summary>Frames of one use.</summary>
    /// <param name="use">The use.</param>
    public long this[FrameUse use] => Volatile.Read(ref _frames[(int)use]);

    /// <summary>Frames of all uses.</summary>
    public long Total => _frames.Sum();

    /// <summary>The fewest free frames since <see cref="MarkLowestFree"/>.</summary>
    public long LowestFree => Volatile.Read(ref _lowestFree);

    /// <summary>Starts to watch for the fewest free frames.</summary>
    public void MarkLowestFree() => Volatile.Write(ref _lowestFree, this[FrameUse.Free]);

    internal void Move(FrameUse from, FrameUse to, long frames)
    {
        Interlocked.Add(ref _frames[(int)to], frames);
        long left = Interlocked.Add(ref _frames[(int)from], -frames);
        if (left < 0)
        {
            throw new InconsistentMachineException($"The books say that {-left} frames more were taken from {from} than it had.");
        }

        if (from == FrameUse.Free)
        {
            long lowest = Volatile.Read(ref _lowestFree);
            while (left < lowest)
            {
                long seen = Interlocked.CompareExchange(ref _lowestFree, left, lowest);
                if (seen == lowest)
                {
                    break;
                }

                lowest = seen;
            }
        }
    }

    internal void Plug(FrameUse use, long frames) => Interlocked.Add(ref _frames[(int)use], frames);
}
