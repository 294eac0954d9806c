using System.Globalization;

namespace Vmemmap.Dumps;

/// <summary>
/// Turns segments into pieces of physical memory that do not overlap. Real /proc/vmcore files hold the kernel's text twice, once
/// as text and once as RAM: that is fine as long as both say the same.
/// </summary>
internal sealed unsafe class SegmentMerge
{
    private const int SmallestCharge = 64;

    private readonly string _image;
    private readonly byte* _data;
    private readonly List<Piece> _pieces = [];
    private long _compareBudget;

    private SegmentMerge(string image, byte* data, long fileLength)
    {
        _image = image;
        _data = data;
        _compareBudget = fileLength;
    }

    /// <summary>A piece of physical memory that lies in one piece in the file.</summary>
    /// <param name="Start">First physical address.</param>
    /// <param name="End">End, exclusive.</param>
    /// <param name="FileOffset">Where its first byte is in the file.</param>
    /// <param name="Segment">Index of a program header that it comes from.</param>
    internal sealed record Piece(ulong Start, ulong End, long FileOffset, int Segment)
    {
        /// <summary>File offset less physical address: equal for two pieces that say the same by being the same bytes.</summary>
        internal long Delta => FileOffset - (long)Start;
    }

    /// <summary>Merges segments.</summary>
    /// <param name="image">The image's path.</param>
    /// <param name="segments">The segments, all within the file.</param>
    /// <param name="file">The file's mapping, to compare what overlaps.</param>
    /// <returns>Pieces in address order; neighbours in memory that are neighbours in the file are one piece.</returns>
    /// <exception cref="ImageFormatException">Two segments say different things about the same memory.</exception>
    internal static IReadOnlyList<Piece> Merge(string image, IReadOnlyList<ElfSegment> segments, MappedFile file)
    {
        long fileEnd = 0;
        var sorted = new Piece[segments.Count];
        for (int i = 0; i < sorted.Length; i++)
        {
            ElfSegment s = segments[i];
            fileEnd = Math.Max(fileEnd, s.FileOffset + s.FileSize);
            sorted[i] = new Piece(s.PhysicalAddress, s.PhysicalAddress + (ulong)s.FileSize, s.FileOffset, s.Index);
        }

        Array.Sort(sorted, static (a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.Segment.CompareTo(b.Segment));
        var merge = new SegmentMerge(image, file.Data, fileEnd);
        foreach (Piece piece in sorted)
        {
            merge.Add(piece);
        }

        return merge._pieces;
    }

    private void Add(Piece piece)
    {
        if (_pieces.Count > 0 && piece.Start < _pieces[^1].End)
        {
            // Pieces come in address order, so what is covered from here to the last end is covered without a hole.
            ulong covered = Math.Min(piece.End, _pieces[^1].End);
            Compare(piece, covered);
            if (covered == piece.End)
            {
                return;
            }

            piece = new Piece(covered, piece.End, piece.FileOffset + (long)(covered - piece.Start), piece.Segment);
        }

        if (_pieces.Count > 0 && piece.Start == _pieces[^1].End && piece.Delta == _pieces[^1].Delta)
        {
            _pieces[^1] = _pieces[^1] with { End = piece.End };
        }
        else
        {
            _pieces.Add(piece);
        }
    }

    private void Compare(Piece piece, ulong end)
    {
        int i = _pieces.Count - 1;
        while (_pieces[i].Start > piece.Start)
        {
            i--;
            Charge(SmallestCharge, piece, _pieces[i]);
        }

        for (ulong at = piece.Start; at < end; i++)
        {
            Piece other = _pieces[i];
            ulong stop = Math.Min(end, other.End);
            if (piece.Delta == other.Delta)
            {
                Charge(SmallestCharge, piece, other);
            }
            else
            {
                CompareBytes(piece, other, at, stop);
            }

            at = stop;
        }
    }

    private void CompareBytes(Piece piece, Piece other, ulong at, ulong stop)
    {
        const int Step = 1 << 30;
        while (at < stop)
        {
            int length = (int)Math.Min(stop - at, Step);
            Charge(length, piece, other);
            var mine = new ReadOnlySpan<byte>(_data + piece.FileOffset + (long)(at - piece.Start), length);
            var its = new ReadOnlySpan<byte>(_data + other.FileOffset + (long)(at - other.Start), length);
            int same = mine.CommonPrefixLength(its);
            if (same < length)
            {
                throw new ImageFormatException(_image, string.Create(
                    CultureInfo.InvariantCulture,
                    $"physical address 0x{at + (ulong)same:x}: segments {other.Segment} and {piece.Segment} both hold it and differ "
                        + $"(0x{its[same]:x2} and 0x{mine[same]:x2}); the file is damaged, take the dump again"));
            }

            at += (ulong)length;
        }
    }

    // Segments of an honest dump do not share bytes of the file, so comparing them reads no byte twice. A file made to keep us
    // busy can ask for that many times over.
    private void Charge(int bytes, Piece piece, Piece other)
    {
        _compareBudget -= Math.Max(bytes, SmallestCharge);
        if (_compareBudget < -(long)SmallestCharge * 1024)
        {
            throw new ImageFormatException(_image, string.Create(
                CultureInfo.InvariantCulture,
                $"physical address 0x{piece.Start:x}: segments {other.Segment} and {piece.Segment}, like many before them, "
                    + $"lie on one another; the file is damaged, take the dump again"));
        }
    }
}
