namespace Vmemmap.HugeTlb;

/// <summary>
/// Frames that were taken out of vmemmap and wait for a flush before they are freed. Last in, first out, as the kernel's list; one
/// thread at a time.
/// </summary>
public sealed class DeferredFrames
{
    private readonly List<ulong> _frames = [];

    /// <summary>How many wait.</summary>
    public int Count => _frames.Count;

    /// <summary>The frames, the one that was added first first.</summary>
    public IReadOnlyList<ulong> Frames => _frames;

    internal void Push(ulong pfn) => _frames.Add(pfn);

    internal ulong Pop()
    {
        ulong pfn = _frames[^1];
        _frames.RemoveAt(_frames.Count - 1);
        return pfn;
    }

    internal void Clear() => _frames.Clear();
}
