namespace Vmemmap.HugeTlb;

/// <summary>What a pool has met on its way. Any thread may read.</summary>
public sealed class PoolFigures
{
    private long _restoreFailures;
    private long _optimizeFailures;
    private long _shrinkPeak;
    private long _demotePeak;

    internal PoolFigures()
    {
    }

    /// <summary>Restores that failed because memory was short; a batch that stopped counts once.</summary>
    public long RestoreFailures => Volatile.Read(ref _restoreFailures);

    /// <summary>Huge pages that came into the pool as they were because memory to optimize them was short.</summary>
    public long OptimizeFailures => Volatile.Read(ref _optimizeFailures);

    /// <summary>The most frames that a shrink had taken before it gave back any more.</summary>
    public long PeakExtraFramesOfShrink => Volatile.Read(ref _shrinkPeak);

    /// <summary>The most frames that a demotion had taken before it gave back any more: the whole source is restored first.</summary>
    public long PeakExtraFramesOfDemote => Volatile.Read(ref _demotePeak);

    internal void CountRestoreFailure() => Interlocked.Increment(ref _restoreFailures);

    internal void CountOptimizeFailure() => Interlocked.Increment(ref _optimizeFailures);

    internal void RaiseShrinkPeak(long frames) => Raise(ref _shrinkPeak, frames);

    internal void RaiseDemotePeak(long frames) => Raise(ref _demotePeak, frames);

    private static void Raise(ref long peak, long frames)
    {
        long seen = Volatile.Read(ref peak);
        while (frames > seen && Interlocked.CompareExchange(ref peak, frames, seen) is var before && before != seen)
        {
            seen = before;
        }
    }
}
