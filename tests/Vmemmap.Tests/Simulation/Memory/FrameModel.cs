using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Vmemmap.Tests.Simulation.Memory;

/// <summary>Memory as bytes in a dictionary, and which frames were written since they were last uniform.</summary>
internal sealed class FrameModel(int pageShift)
{
    private readonly Dictionary<ulong, byte[]> _frames = [];
    private readonly HashSet<ulong> _materialized = [];

    public int PageSize => 1 << pageShift;

    public int Materialized => _materialized.Count;

    public byte[] Frame(ulong pfn) => _frames.TryGetValue(pfn, out byte[]? bytes) ? bytes : _frames[pfn] = new byte[PageSize];

    public byte[] Written(ulong pfn)
    {
        _materialized.Add(pfn);
        return Frame(pfn);
    }

    public ulong Word(ulong address) => MemoryMarshal.Read<ulong>(Frame(address >> pageShift).AsSpan((int)(address % (ulong)PageSize)));

    public void Write(ulong address, ulong value) =>
        MemoryMarshal.Write(Written(address >> pageShift).AsSpan((int)(address % (ulong)PageSize)), value);

    public void Fill(ulong pfn, Vector512<ulong> line)
    {
        MemoryMarshal.Cast<byte, Vector512<ulong>>(Frame(pfn).AsSpan()).Fill(line);
        _materialized.Remove(pfn);
    }

    public void Fill(ulong pfn, int firstLine, Vector512<ulong> line)
    {
        if (firstLine == 0)
        {
            Fill(pfn, line);
            return;
        }

        MemoryMarshal.Cast<byte, Vector512<ulong>>(Written(pfn).AsSpan())[firstLine..].Fill(line);
    }

    public void Fold(ulong pfn)
    {
        Span<Vector512<ulong>> lines = MemoryMarshal.Cast<byte, Vector512<ulong>>(Frame(pfn).AsSpan());
        if (lines.Count(lines[0]) == lines.Length)
        {
            _materialized.Remove(pfn);
        }
    }

    public void Copy(ulong from, ulong to)
    {
        Frame(from).CopyTo(Frame(to), 0);
        _ = _materialized.Contains(from) ? _materialized.Add(to) : from != to && _materialized.Remove(to);
    }
}
