using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Vmemmap.Dumps;

/// <summary>
/// Finds runs of neighbouring last-level entries that map one frame. Fed with spans of entries in address order; eight entries a
/// step where the hardware has 512-bit vectors, four with 256, one without. Nothing is allocated for an entry, only for a run.
/// </summary>
internal struct AliasScanner
{
    private readonly ulong _compareMask;
    private readonly ulong _validMask;
    private readonly ulong _sharedMask;
    private readonly ulong _writableMask;
    private readonly ulong _writableValue;
    private readonly int _pageShift;
    private readonly long _maximumRuns;
    private readonly List<AliasRun> _runs;

    private ulong _nextAddress;
    private ulong _previousEntry;
    private ulong _runAddress;
    private ulong _runEntry;
    private int _runCount;
    private bool _runFirstWritable;
    private bool _runRestWritable;
    private bool _tablesWritable;
    private bool _previousWritable;

    private AliasScanner(
        ulong compareMask, ulong validMask, ulong sharedMask, ulong writableMask, ulong writableValue, int pageShift, List<AliasRun> runs, long maximumRuns)
    {
        _compareMask = compareMask;
        _validMask = validMask;
        _sharedMask = sharedMask;
        _writableMask = writableMask;
        _writableValue = writableValue;
        _pageShift = pageShift;
        _runs = runs;
        _maximumRuns = maximumRuns;
        _nextAddress = ulong.MaxValue;
    }

    /// <summary>Whether a run was dropped because there were too many.</summary>
    public readonly bool Overflowed => _runs.Count >= _maximumRuns;

    /// <summary>Makes a scanner for a format.</summary>
    /// <param name="format">The format.</param>
    /// <param name="runs">Where runs go.</param>
    /// <param name="maximumRuns">Runs that are kept at most.</param>
    public static AliasScanner For<TFormat>(TFormat format, List<AliasRun> runs, long maximumRuns)
        where TFormat : struct, IPageTableFormat
    {
        // The one bit that decides writing, found by asking the format itself: set in x86 and RISC-V, clear in Arm.
        ulong writableMask = 0;
        bool writableWhenZero = format.IsWritable(0);
        for (int bit = 0; bit < 64; bit++)
        {
            if (format.IsWritable(1UL << bit) != writableWhenZero)
            {
                writableMask |= 1UL << bit;
            }
        }

        return new AliasScanner(
            format.AddressMask | format.ValidMask,
            format.ValidMask,
            format.SharedAddressMask,
            writableMask,
            writableWhenZero ? 0 : writableMask,
            format.PageShift,
            runs,
            maximumRuns);
    }

    /// <summary>Takes the next entries; a span that does not continue the previous one ends the open run.</summary>
    /// <param name="address">Virtual address that the first entry maps.</param>
    /// <param name="entries">Last-level entries.</param>
    /// <param name="writable">Whether the tables above leave write permission.</param>
    public void Scan(ulong address, ReadOnlySpan<ulong> entries, bool writable)
    {
        if (entries.IsEmpty)
        {
            return;
        }

        if (address != _nextAddress)
        {
            Flush();
            _previousEntry = 0;
        }

        _tablesWritable = writable;
        ref ulong start = ref MemoryMarshal.GetReference(entries);
        Step(address, entries[0]);
        int index = 1;
        if (Vector512.IsHardwareAccelerated)
        {
            index = Scan512(ref start, index, entries.Length, address);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            index = Scan256(ref start, index, entries.Length, address);
        }

        ScanScalar(ref start, index, entries.Length, address);
        _previousEntry = entries[^1];
        _previousWritable = writable;
        _nextAddress = address + ((ulong)entries.Length << _pageShift);
    }

    /// <summary>The plain form of <see cref="Scan"/>: what the vectorised forms are tested and measured against.</summary>
    /// <inheritdoc cref="Scan"/>
    public void ScanOneByOne(ulong address, ReadOnlySpan<ulong> entries, bool writable)
    {
        if (entries.IsEmpty)
        {
            return;
        }

        if (address != _nextAddress)
        {
            Flush();
            _previousEntry = 0;
        }

        _tablesWritable = writable;
        Step(address, entries[0]);
        ScanScalar(ref MemoryMarshal.GetReference(entries), 1, entries.Length, address);
        _previousEntry = entries[^1];
        _previousWritable = writable;
        _nextAddress = address + ((ulong)entries.Length << _pageShift);
    }

    /// <summary>Ends the open run.</summary>
    public void Flush()
    {
        if (_runCount > 0 && _runs.Count < _maximumRuns)
        {
            _runs.Add(new AliasRun(_runAddress, _runCount, _runEntry, _runFirstWritable, _runRestWritable));
        }

        _runCount = 0;
    }

    private int Scan512(ref ulong start, int index, int length, ulong address)
    {
        Vector512<ulong> compare = Vector512.Create(_compareMask);
        Vector512<ulong> valid = Vector512.Create(_validMask);
        Vector512<ulong> shared = Vector512.Create(_sharedMask);
        for (; index + Vector512<ulong>.Count <= length; index += Vector512<ulong>.Count)
        {
            Vector512<ulong> here = Vector512.LoadUnsafe(ref start, (nuint)index);
            Vector512<ulong> before = Vector512.LoadUnsafe(ref start, (nuint)(index - 1));
            Vector512<ulong> difference = here ^ before;
            // One zero test for all three conditions: same frame, valid, and not one of a group that shares its address bits.
            Vector512<ulong> wrong = (difference & compare) | (Vector512.AndNot(valid, here)) | (here & shared);
            uint equal = (uint)Vector512.Equals(wrong, Vector512<ulong>.Zero).ExtractMostSignificantBits();
            if (equal == 0)
            {
                Flush();
                continue;
            }

            uint same = (uint)Vector512.Equals(difference, Vector512<ulong>.Zero).ExtractMostSignificantBits();
            Take(ref start, index, Vector512<ulong>.Count, equal, same, address);
        }

        return index;
    }

    private int Scan256(ref ulong start, int index, int length, ulong address)
    {
        Vector256<ulong> compare = Vector256.Create(_compareMask);
        Vector256<ulong> valid = Vector256.Create(_validMask);
        Vector256<ulong> shared = Vector256.Create(_sharedMask);
        for (; index + Vector256<ulong>.Count <= length; index += Vector256<ulong>.Count)
        {
            Vector256<ulong> here = Vector256.LoadUnsafe(ref start, (nuint)index);
            Vector256<ulong> before = Vector256.LoadUnsafe(ref start, (nuint)(index - 1));
            Vector256<ulong> difference = here ^ before;
            Vector256<ulong> wrong = (difference & compare) | (Vector256.AndNot(valid, here)) | (here & shared);
            uint equal = Vector256.Equals(wrong, Vector256<ulong>.Zero).ExtractMostSignificantBits();
            if (equal == 0)
            {
                Flush();
                continue;
            }

            uint same = Vector256.Equals(difference, Vector256<ulong>.Zero).ExtractMostSignificantBits();
            Take(ref start, index, Vector256<ulong>.Count, equal, same, address);
        }

        return index;
    }

    private void ScanScalar(ref ulong start, int index, int length, ulong address)
    {
        ulong before = Unsafe.Add(ref start, index - 1);
        for (; index < length; index++)
        {
            ulong here = Unsafe.Add(ref start, index);
            if (((here ^ before) & _compareMask) == 0 && (here & _validMask) == _validMask && (here & _sharedMask) == 0)
            {
                Extend(address + ((ulong)index << _pageShift), before, here, _tablesWritable);
            }
            else if (_runCount > 0)
            {
                Flush();
            }

            before = here;
        }
    }

    /// <summary>Compares the first entry of a span with the last of the span before it.</summary>
    private void Step(ulong address, ulong entry)
    {
        if (((entry ^ _previousEntry) & _compareMask) == 0 && (entry & _validMask) == _validMask && (entry & _sharedMask) == 0)
        {
            Extend(address, _previousEntry, entry, _previousWritable);
        }
        else
        {
            Flush();
        }
    }

    /// <summary>Takes a vector's result: bit i of <paramref name="equal"/> says that entry i maps what entry i-1 maps.</summary>
    private void Take(ref ulong start, int index, int count, uint equal, uint same, ulong address)
    {
        uint all = (1u << count) - 1;
        if (equal == all && same == all && _runCount > 1)
        {
            _runCount += count;
            return;
        }

        int bit = 0;
        while (bit < count)
        {
            int gap = Math.Min(BitOperations.TrailingZeroCount(equal >> bit), count - bit);
            if (gap > 0)
            {
                Flush();
                bit += gap;
                continue;
            }

            // A stretch of aliases. Only an entry whose raw bits differ from the one before can change what is known of writing.
            int stretch = Math.Min(BitOperations.TrailingZeroCount(~(equal >> bit)), count - bit);
            int first = index + bit;
            Extend(address + ((ulong)first << _pageShift), Unsafe.Add(ref start, first - 1), Unsafe.Add(ref start, first), _tablesWritable);
            uint rest = (uint)(((1L << (stretch - 1)) - 1) << (bit + 1));
            _runCount += stretch - 1;
            for (uint changed = rest & ~same; changed != 0; changed &= changed - 1)
            {
                _runRestWritable |= _tablesWritable && IsWritable(Unsafe.Add(ref start, index + BitOperations.TrailingZeroCount(changed)));
            }

            // The second entry of a run decides for all that look like it; a third that looks like the second adds nothing.
            bit += stretch;
        }
    }

    private void Extend(ulong address, ulong before, ulong entry, bool beforeWritable)
    {
        if (_runCount == 0)
        {
            _runAddress = address - (1UL << _pageShift);
            _runCount = 1;
            _runEntry = entry;
            _runFirstWritable = beforeWritable && IsWritable(before);
            _runRestWritable = false;
        }

        _runCount++;
        _runRestWritable |= _tablesWritable && IsWritable(entry);
    }

    private readonly bool IsWritable(ulong entry) => (entry & _writableMask) == _writableValue;
}
