using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Vmemmap.Dumps;

/// <summary>
/// Finds runs of neighbouring last-level entries that map one frame. Fed with spans of entries in address order. Entries become two
/// bits each, eight or four entries a step where the hardware has vectors, and runs are then read off 64 of them at once. Nothing
/// is allocated for an entry, only for a run.
/// </summary>
internal struct AliasScanner
{
    private const int BlockSize = 64;

    private readonly AliasTest _test;
    private readonly int _pageShift;
    private readonly long _maximumRuns;
    private readonly AliasRuns _runs;

    private ulong _nextAddress;
    private ulong _previousEntry;
    private ulong _previousWritable;

    // The open run; none if its count is 0.
    private ulong _runAddress;
    private int _runCount;
    private ulong _runFirstWritable;
    private ulong _runRestWritable;

    private AliasScanner(AliasTest test, int pageShift, AliasRuns runs, long maximumRuns)
    {
        _test = test;
        _pageShift = pageShift;
        _runs = runs;
        _maximumRuns = maximumRuns;
        _nextAddress = ulong.MaxValue;
    }

    /// <summary>Whether there are more runs than there can be: the tables are corrupt.</summary>
    public readonly bool Overflowed => _runs.Count >= _maximumRuns;

    /// <summary>Makes a scanner for a format.</summary>
    /// <param name="format">The format.</param>
    /// <param name="runs">Where runs go.</param>
    /// <param name="maximumRuns">Runs that there can be.</param>
    public static AliasScanner For<TFormat>(TFormat format, AliasRuns runs, long maximumRuns)
        where TFormat : struct, IPageTableFormat => new(AliasTest.For(format), format.PageShift, runs, maximumRuns);

    /// <summary>Takes the next entries; a span that does not continue the previous one ends the open run.</summary>
    /// <param name="address">Virtual address that the first entry maps.</param>
    /// <param name="entries">Last-level entries.</param>
    /// <param name="writable">Whether the tables above leave write permission.</param>
    public void Scan(ulong address, ReadOnlySpan<ulong> entries, bool writable)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            ScanBy<AliasWidth8>(address, entries, writable);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            ScanBy<AliasWidth4>(address, entries, writable);
        }
        else
        {
            ScanBy<AliasWidth1>(address, entries, writable);
        }
    }

    /// <summary><see cref="Scan"/> by a width that the caller chooses: all give the same runs, on any hardware.</summary>
    /// <inheritdoc cref="Scan"/>
    public void ScanBy<TWidth>(ulong address, ReadOnlySpan<ulong> entries, bool writable)
        where TWidth : struct, IAliasWidth
    {
        if (entries.IsEmpty)
        {
            return;
        }

        if (address != _nextAddress)
        {
            Flush();
            // Not valid, so it begins no run.
            _previousEntry = 0;
        }

        // What stands before a span in memory is not the entry before its first: that one is compared here.
        ref ulong start = ref MemoryMarshal.GetReference(entries);
        AliasTest test = _test;
        ulong allowed = writable ? ulong.MaxValue : 0;
        ulong last = Take(address, ref start, test.IsEqual(start, _previousEntry) ? 1UL : 0, test.IsWritable(start) & allowed, _previousWritable, 1);
        for (int index = 1; index < entries.Length; index += BlockSize)
        {
            ref ulong block = ref Unsafe.Add(ref start, index);
            int count = Math.Min(BlockSize, entries.Length - index);
            ulong equal = TWidth.Compare(in test, ref block, count, out ulong top);
            last = Take(address + ((ulong)index << _pageShift), ref block, equal, test.Permissions(top) & allowed, last, count);
        }

        _previousEntry = entries[^1];
        _previousWritable = last;
        _nextAddress = address + ((ulong)entries.Length << _pageShift);
    }

    /// <summary>Ends the open run.</summary>
    public void Flush()
    {
        if (_runCount > 0)
        {
            _runs.Room = new AliasRun(_runAddress, (ulong)_runCount, _runFirstWritable, _runRestWritable);
            _runs.Commit(1);
            _runCount = 0;
        }
    }

    /// <summary>Reads runs off the bits of up to 64 entries.</summary>
    /// <param name="address">Virtual address that the first entry maps.</param>
    /// <param name="start">The first entry.</param>
    /// <param name="equal">Bit i: entry i is equal to the one before.</param>
    /// <param name="writables">Bit i: entry i is writable.</param>
    /// <param name="before">1 if the entry before the first is writable.</param>
    /// <param name="count">Entries.</param>
    /// <returns>1 if the last entry is writable.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Take(ulong address, ref ulong start, ulong equal, ulong writables, ulong before, int count)
    {
        ulong befores = (writables << 1) | before;
        if (((uint)_runCount | (equal >> (count - 1))) != 0)
        {
            equal = TakeEnds(address, ref start, equal, writables, befores, count);
        }

        if (equal != 0)
        {
            TakeWhole(address - (1UL << _pageShift), ref start, equal, befores);
        }

        return (writables >> (count - 1)) & 1;
    }

    /// <summary>Takes the runs that begin and end between the first entry and the last.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void TakeWhole(ulong addressBefore, ref ulong start, ulong equal, ulong befores)
    {
        ulong stride = 1UL << _pageShift;
        ulong test = _test.Test;
        ulong expected = _test.Expected;
        ulong begins = equal & ~(equal << 1);
        ulong ends = ~equal & (equal << 1);
        ref AliasRun room = ref _runs.Room;
        ref AliasRun next = ref room;
        do
        {
            ulong first = (ulong)BitOperations.TrailingZeroCount(begins);
            ulong count = (ulong)BitOperations.TrailingZeroCount(ends) - first + 1;
            begins &= begins - 1;
            ends &= ends - 1;
            // A hole repeats its entry too.
            if ((Unsafe.Add(ref start, (nuint)first) & test) == expected)
            {
                next = new AliasRun(addressBefore + (first * stride), count, (befores >> (int)first) & 1, 0);
                next = ref Unsafe.Add(ref next, 1);
            }
        }
        while (begins != 0);

        int found = (int)((nuint)Unsafe.ByteOffset(ref room, ref next) / (nuint)Unsafe.SizeOf<AliasRun>());
        // Nothing reaches the last entry, so it does not matter that the shift dropped its bit.
        if ((befores >> 1 & equal) is not 0 and var writables)
        {
            MarkWritable(MemoryMarshal.CreateSpan(ref room, found), addressBefore, writables);
        }

        _runs.Commit(found);
    }

    /// <summary>Marks runs of which not only the first page is writable: rare, except on riscv64 and for devices.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void MarkWritable(Span<AliasRun> runs, ulong addressBefore, ulong writables)
    {
        foreach (ref AliasRun run in runs)
        {
            int first = (int)((run.Address - addressBefore) >> _pageShift);
            ulong rest = ((1UL << (run.Count - 1)) - 1) << first;
            run = new AliasRun(run.Address, (ulong)run.Count, run.FirstWritable ? 1UL : 0, (writables & rest) != 0 ? 1UL : 0);
        }
    }

    /// <summary>Gives the open run the entries that continue it, and opens one of the stretch that ends with the last entry.</summary>
    /// <returns>The bits that are left.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong TakeEnds(ulong address, ref ulong start, ulong equal, ulong writables, ulong befores, int count)
    {
        if (_runCount > 0)
        {
            int more = BitOperations.TrailingZeroCount(~equal);
            ulong these = LowBits(more);
            _runCount += more;
            _runRestWritable |= (writables & these) != 0 ? 1UL : 0;
            if (more == count)
            {
                return 0;
            }

            Flush();
            equal &= ~these;
        }

        if (equal >> (count - 1) == 0)
        {
            return equal;
        }

        int first = BlockSize - BitOperations.LeadingZeroCount(~equal & LowBits(count));
        ulong stretch = equal >> first << first;
        if (_test.MapsOneFrame(Unsafe.Add(ref start, first)))
        {
            _runAddress = address + ((ulong)first << _pageShift) - (1UL << _pageShift);
            _runCount = count - first + 1;
            _runFirstWritable = (befores >> first) & 1;
            _runRestWritable = (writables & stretch) != 0 ? 1UL : 0;
        }

        return equal ^ stretch;
    }

    private static ulong LowBits(int count) => count == BlockSize ? ulong.MaxValue : (1UL << count) - 1;
}
