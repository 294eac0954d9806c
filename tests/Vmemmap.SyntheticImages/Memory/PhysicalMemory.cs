using System.Buffers.Binary;

namespace Vmemmap.SyntheticImages;

/// <summary>Physical memory as frames that are there or not. A frame that nobody wrote costs nothing, even where it is present.</summary>
public sealed class PhysicalMemory
{
    private readonly Dictionary<ulong, byte[]> _frames = [];
    private readonly byte[] _zeroes;

    /// <summary>Makes an empty memory.</summary>
    public PhysicalMemory(int pageShift)
    {
        PageShift = pageShift;
        _zeroes = new byte[1 << pageShift];
    }

    /// <summary>log2 of the bytes of a frame.</summary>
    public int PageShift { get; }

    /// <summary>Makes the frame of an address present; it reads as zero until it is written.</summary>
    public void Include(ulong address) => _frames.TryAdd(address >> PageShift, _zeroes);

    /// <summary>Leaves the frame of an address out of the image.</summary>
    public bool Remove(ulong address) => _frames.Remove(address >> PageShift);

    /// <summary>Whether the frame of an address is in the image.</summary>
    public bool Contains(ulong address) => _frames.ContainsKey(address >> PageShift);

    /// <summary>Reads 8 bytes, or null if they are absent.</summary>
    public ulong? Read64(ulong address) => _frames.TryGetValue(address >> PageShift, out byte[]? frame)
        ? BinaryPrimitives.ReadUInt64LittleEndian(frame.AsSpan(OffsetOf(address)))
        : null;

    /// <summary>Writes 8 bytes that do not cross a frame.</summary>
    public void Write64(ulong address, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Writable(address), value);

    /// <summary>Writes 4 bytes that do not cross a frame.</summary>
    public void Write32(ulong address, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Writable(address), value);

    /// <summary>Writes one byte.</summary>
    public void Write8(ulong address, byte value) => Writable(address)[0] = value;

    /// <summary>Writes bytes, over as many frames as they need.</summary>
    public void Write(ulong address, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Span<byte> room = Writable(address);
            int count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            bytes = bytes[count..];
            address += (ulong)count;
        }
    }

    /// <summary>Runs of neighbouring frames, by address.</summary>
    internal IEnumerable<FrameRun> Runs()
    {
        ulong[] numbers = [.. _frames.Keys];
        Array.Sort(numbers);
        for (int first = 0; first < numbers.Length;)
        {
            int next = first + 1;
            while (next < numbers.Length && numbers[next] == numbers[next - 1] + 1)
            {
                next++;
            }

            yield return new FrameRun(numbers[first] << PageShift, (ulong)(next - first) << PageShift);
            first = next;
        }
    }

    /// <summary>The bytes of a frame, or null if nobody wrote them: all zero.</summary>
    internal byte[]? Content(ulong address)
    {
        byte[] frame = _frames[address >> PageShift];
        return ReferenceEquals(frame, _zeroes) ? null : frame;
    }

    private Span<byte> Writable(ulong address)
    {
        ulong number = address >> PageShift;
        if (!_frames.TryGetValue(number, out byte[]? frame) || ReferenceEquals(frame, _zeroes))
        {
            frame = new byte[1 << PageShift];
            _frames[number] = frame;
        }

        return frame.AsSpan(OffsetOf(address));
    }

    private int OffsetOf(ulong address) => (int)(address & ((1UL << PageShift) - 1));
}
