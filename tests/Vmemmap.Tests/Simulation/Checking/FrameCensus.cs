using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Checking;

/// <summary>What each frame of a machine is found to be: one place for each, or the check fails.</summary>
/// <param name="frames">Frames of the machine.</param>
internal sealed class FrameCensus(ulong frames)
{
    private const byte Unknown = byte.MaxValue;
    private readonly byte[] _uses = new byte[frames];
    private readonly long[] _counts = new long[Enum.GetValues<FrameUse>().Length];

    public long this[FrameUse use] => _counts[(int)use];

    public void Clear()
    {
        _uses.AsSpan().Fill(Unknown);
        _counts.AsSpan().Clear();
    }

    /// <summary>Says what a frame is; it must not be anything yet.</summary>
    public void Claim(ulong pfn, FrameUse use)
    {
        if (pfn >= (ulong)_uses.Length)
        {
            Assert.Fail($"Frame 0x{pfn:x} is {use}, and the machine ends at 0x{_uses.Length:x}.");
        }

        if (_uses[pfn] != Unknown)
        {
            Assert.Fail($"Frame 0x{pfn:x} is {(FrameUse)_uses[pfn]} and {use} at once.");
        }

        _uses[pfn] = (byte)use;
        _counts[(int)use]++;
    }

    public void Claim(ulong pfn, ulong count, FrameUse use)
    {
        if (pfn + count <= (ulong)_uses.Length && !_uses.AsSpan((int)pfn, (int)count).ContainsAnyExcept(Unknown))
        {
            _uses.AsSpan((int)pfn, (int)count).Fill((byte)use);
            _counts[(int)use] += (long)count;
            return;
        }

        for (ulong i = 0; i < count; i++)
        {
            Claim(pfn + i, use);
        }
    }

    /// <summary>The first frame from one on that nobody has said anything of; the machine's end if there is none.</summary>
    public ulong NextUnknown(ulong pfn) => _uses.AsSpan((int)pfn).IndexOf(Unknown) is var at && at >= 0 ? pfn + (ulong)at : (ulong)_uses.Length;

    /// <summary>Whether all of these frames are the same.</summary>
    public bool AreAll(ulong pfn, ulong count, FrameUse use) =>
        pfn + count <= (ulong)_uses.Length && !_uses.AsSpan((int)pfn, (int)count).ContainsAnyExcept((byte)use);

    /// <summary>What a frame is, or null if nobody said.</summary>
    public FrameUse? Of(ulong pfn) => _uses[pfn] == Unknown ? null : (FrameUse)_uses[pfn];

    public bool Is(ulong pfn, FrameUse use) => _uses[pfn] == (byte)use;
}
