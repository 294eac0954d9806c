using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmemmap.Dumps;

/// <summary>The physical memory that an image holds. What it does not hold is absent, never zero.</summary>
/// <remarks>
/// Reading is safe from any number of threads. Nothing is copied where it need not be: spans show the mapped file. Dispose it (or the core
/// that it belongs to) after the last read has returned, and use no span of it afterwards.
/// </remarks>
public sealed unsafe class PhysicalImage : IDisposable
{
    // A walk goes back and forth between the tables of a few levels, which a filtered image keeps in as many places, so the
    // extent last used is remembered per block of addresses and not just once.
    private const int RecentCount = 256;
    private const int RecentShift = 12;

    private readonly MappedFile _file;
    private readonly Extent[] _recent = new Extent[RecentCount];
    private readonly PhysicalRange[] _present;
    private Extent[] _extents;
    private ulong[] _starts;

    internal PhysicalImage(string path, MappedFile file, IReadOnlyList<SegmentMerge.Piece> pieces)
    {
        Path = path;
        _file = file;
        _extents = new Extent[pieces.Count];
        _starts = new ulong[pieces.Count];
        var present = new List<PhysicalRange>();
        for (int i = 0; i < pieces.Count; i++)
        {
            SegmentMerge.Piece piece = pieces[i];
            ulong length = piece.End - piece.Start;
            _extents[i] = new Extent(piece.Start, length, file.Data + piece.FileOffset, piece.FileOffset);
            _starts[i] = piece.Start;
            PresentBytes += length;
            if (present.Count > 0 && present[^1].End == piece.Start)
            {
                present[^1] = present[^1] with { Length = present[^1].Length + length };
            }
            else
            {
                present.Add(new PhysicalRange(piece.Start, length));
            }
        }

        _present = [.. present];
        ForgetRecent();
    }

    /// <summary>The path of the image.</summary>
    public string Path { get; }

    /// <summary>Bytes of memory that the image holds.</summary>
    public ulong PresentBytes { get; }

    /// <summary>The memory that the image holds: ranges in address order that neither overlap nor touch.</summary>
    public IReadOnlyList<PhysicalRange> PresentRanges => _present;

    /// <summary>The highest address that the image holds; 0 if it holds none.</summary>
    public ulong HighestAddress => _present.Length == 0 ? 0 : _present[^1].End - 1;

    /// <summary>Whether it was disposed.</summary>
    internal bool IsDisposed { get; private set; }

    /// <summary>Copies memory.</summary>
    /// <param name="address">First physical address, of any alignment.</param>
    /// <param name="destination">Receives the bytes. Its content is unspecified if they are not all there.</param>
    /// <returns>False if any of the bytes is absent.</returns>
    public bool TryRead(ulong address, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            Extent? extent = Find(address);
            if (extent is null)
            {
                return false;
            }

            ulong offset = address - extent.Start;
            int length = (int)Math.Min((ulong)destination.Length, extent.Length - offset);
            new ReadOnlySpan<byte>(extent.Data + offset, length).CopyTo(destination);
            destination = destination[length..];
            address += (ulong)length;
        }

        return true;
    }

    /// <summary>Shows memory without copying it.</summary>
    /// <param name="address">First physical address, of any alignment.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="span">The bytes, of no particular alignment in this process. Valid until disposal.</param>
    /// <returns>False if any of the bytes is absent, or if the file does not hold them in one piece: <see cref="TryRead"/> reads
    /// those too.</returns>
    public bool TryGetSpan(ulong address, int length, out ReadOnlySpan<byte> span)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Extent? extent = Find(address);
        if (extent is null || (ulong)length > extent.Length - (address - extent.Start))
        {
            span = default;
            return length == 0;
        }

        span = new ReadOnlySpan<byte>(extent.Data + (address - extent.Start), length);
        return true;
    }

    /// <summary>Whether all bytes of a range are there.</summary>
    /// <param name="address">First physical address.</param>
    /// <param name="length">Bytes; a range of none is there.</param>
    public bool IsPresent(ulong address, ulong length)
    {
        if (length == 0)
        {
            return true;
        }

        int i = PresentRangeEndingAfter(address);
        return i < _present.Length && address >= _present[i].Start && length <= _present[i].End - address;
    }

    /// <summary>Whether any byte of a range is there.</summary>
    /// <param name="address">First physical address.</param>
    /// <param name="length">Bytes, one or more; the range does not reach beyond the last address.</param>
    public bool Overlaps(ulong address, ulong length)
    {
        int i = PresentRangeEndingAfter(address);
        return i < _present.Length && (_present[i].Start <= address || _present[i].Start - address < length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (IsDisposed)
        {
            return;
        }

        IsDisposed = true;
        // From here on every lookup ends where disposal is reported.
        _extents = [];
        _starts = [];
        ForgetRecent();
        _file.Dispose();
    }

    /// <summary>Reads 8 bytes as one little-endian number. See <see cref="IPhysicalMemory.TryReadEntry"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryReadEntry(ulong address, out ulong entry)
    {
        Extent extent = Recent(address);
        ulong offset = address - extent.Start;
        if (offset < extent.EntryLimit)
        {
            entry = Unsafe.ReadUnaligned<ulong>(extent.Data + offset);
            return true;
        }

        return TryReadEntrySlowly(address, out entry);
    }

    /// <summary>Reads a run of entries. See <see cref="IPhysicalMemory.ReadTable"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal TableRead ReadTable(ulong address, Span<ulong> scratch, out ReadOnlySpan<ulong> table)
    {
        Extent extent = Recent(address);
        ulong offset = address - extent.Start;
        if (offset < extent.Length && (ulong)scratch.Length * sizeof(ulong) <= extent.Length - offset)
        {
            byte* data = extent.Data + offset;
            if (((nuint)data & (sizeof(ulong) - 1)) == 0)
            {
                table = new ReadOnlySpan<ulong>(data, scratch.Length);
                return TableRead.Present(scratch.Length);
            }
        }

        return ReadTableSlowly(address, scratch, out table);
    }

    /// <summary>Fills a buffer with memory that is there, from the file and not through the mapping: what is read once and in
    /// bulk then does not stay in this process's memory.</summary>
    internal void ReadFromFile(ulong address, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            Extent extent = FindPresent(address);
            ulong offset = address - extent.Start;
            int length = (int)Math.Min((ulong)destination.Length, extent.Length - offset);
            _file.Read(extent.FileOffset + (long)offset, destination[..length]);
            destination = destination[length..];
            address += (ulong)length;
        }
    }

    /// <summary>The first address of a present range that the file stores, rather than having a hole of zeros there.</summary>
    /// <param name="address">Where to start.</param>
    /// <param name="end">End of the range; the result if the rest of it is holes.</param>
    internal ulong NextStored(ulong address, ulong end)
    {
        while (address < end)
        {
            Extent extent = FindPresent(address);
            ulong skipped = (ulong)(_file.NextData(extent.FileOffset + (long)(address - extent.Start)) - extent.FileOffset);
            if (skipped < extent.Length)
            {
                return extent.Start + skipped;
            }

            address = extent.Start + extent.Length;
        }

        return end;
    }

    /// <summary>The first address of a present range that lies in a hole of the file.</summary>
    /// <param name="address">Where to start, in no hole.</param>
    /// <param name="end">Where to stop looking; the result if there is no hole before it.</param>
    internal ulong NextHole(ulong address, ulong end)
    {
        while (address < end)
        {
            Extent extent = FindPresent(address);
            ulong hole = (ulong)(_file.NextHole(extent.FileOffset + (long)(address - extent.Start)) - extent.FileOffset);
            if (hole < extent.Length)
            {
                return Math.Min(extent.Start + hole, end);
            }

            address = extent.Start + extent.Length;
        }

        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Extent Recent(ulong address) => Unsafe.Add(
        ref MemoryMarshal.GetArrayDataReference(_recent), (nint)((address >> RecentShift) & (RecentCount - 1)));

    private void ForgetRecent()
    {
        for (int i = 0; i < _recent.Length; i++)
        {
            _recent[i] = Extent.Empty;
        }
    }

    private Extent FindPresent(ulong address) => Find(address) ?? throw new ArgumentOutOfRangeException(nameof(address));

    private Extent? Find(ulong address)
    {
        Extent recent = Recent(address);
        return address - recent.Start < recent.Length ? recent : Search(address);
    }

    private Extent? Search(ulong address)
    {
        ulong[] starts = _starts;
        int low = 0;
        int high = starts.Length;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) / 2);
            if (starts[middle] <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (low == 0)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            return null;
        }

        Extent extent = _extents[low - 1];
        if (address - extent.Start >= extent.Length)
        {
            return null;
        }

        _recent[(address >> RecentShift) & (RecentCount - 1)] = extent;
        return extent;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReadEntrySlowly(ulong address, out ulong entry)
    {
        entry = 0;
        Extent? extent = Find(address);
        if (extent is null)
        {
            return false;
        }

        if (address - extent.Start < extent.EntryLimit)
        {
            entry = Unsafe.ReadUnaligned<ulong>(extent.Data + (address - extent.Start));
            return true;
        }

        ulong value = 0;
        if (!TryRead(address, new Span<byte>(&value, sizeof(ulong))))
        {
            return false;
        }

        entry = value;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private TableRead ReadTableSlowly(ulong address, Span<ulong> scratch, out ReadOnlySpan<ulong> table)
    {
        ulong length = (ulong)scratch.Length * sizeof(ulong);
        if (length != 0 && TryGetSpan(address, scratch.Length * sizeof(ulong), out ReadOnlySpan<byte> span))
        {
            if (((nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(span)) & (sizeof(ulong) - 1)) == 0)
            {
                table = MemoryMarshal.Cast<byte, ulong>(span);
                return TableRead.Present(scratch.Length);
            }

            span.CopyTo(MemoryMarshal.AsBytes(scratch));
            table = scratch;
            return TableRead.Present(scratch.Length);
        }

        ObjectDisposedException.ThrowIf(IsDisposed, this);
        table = scratch;
        // What would lie beyond the last address is as absent as what lies beyond the memory.
        ulong end = length <= ulong.MaxValue - address ? address + length : ulong.MaxValue;
        for (int i = PresentRangeEndingAfter(address); i < _present.Length && _present[i].Start < end; i++)
        {
            ulong first = (Math.Max(_present[i].Start, address) - address + (sizeof(ulong) - 1)) / sizeof(ulong);
            ulong stop = (Math.Min(_present[i].End, end) - address) / sizeof(ulong);
            if (stop > first)
            {
                Span<ulong> there = scratch[(int)first..(int)stop];
                TryRead(address + first * sizeof(ulong), MemoryMarshal.AsBytes(there));
                return new TableRead((int)first, there.Length);
            }
        }

        return TableRead.Absent;
    }

    // Index of the first range that ends after an address, which is the one that holds it if any does.
    private int PresentRangeEndingAfter(ulong address)
    {
        int low = 0;
        int high = _present.Length;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) / 2);
            if (_present[middle].End <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
