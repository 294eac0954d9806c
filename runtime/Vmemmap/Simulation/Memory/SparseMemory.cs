using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Vmemmap.Simulation;

/// <summary>
/// Physical memory of a machine, from address 0 on: frames by number (PFN), whose contents take memory when they are first written.
/// A frame is <em>uniform</em>, all its 64-byte lines equal (zeros, to begin with; a page of tail struct pages is another), and costs 4 bytes at
/// most; or <em>headed</em>, uniform but for its first lines (the page with the head of a huge page), in 512 bytes; or has all its bytes. An untouched
/// machine of 1 TiB costs less than a megabyte. A frame with bytes of its own, some or all, is called <em>materialized</em>.
/// </summary>
/// <remarks>
/// <para>Thread safety: any thread may read and write any word at any time and sees whole words. <see cref="ReadWord"/> gives a word that the
/// frame had at some moment of the call, even while the frame is filled, copied onto or discarded. Two threads may make one frame
/// materialized at once: neither write is lost.</para>
/// <para>Filling, discarding and copying onto a frame is for the frame's owner, while nobody else writes to it or holds a span or reference into it.
/// A write that races with them is the caller's mistake: it may be lost, or reach the bytes of another frame, as a write through a stale
/// translation does. It never leaves the memory of this object: all bytes are in managed arrays that live as long as a reference does.</para>
/// <para>Bytes of a frame that becomes uniform are used for the next one that is written; they are not given back to the garbage collector.
/// Words are little-endian in <see cref="WritableBytes"/>, as on every machine that .NET runs these architectures on.</para>
/// </remarks>
public sealed class SparseMemory
{
    /// <summary>The most frames a machine can have: 2^36, 256 TiB of 4 KiB.</summary>
    public const ulong FrameLimit = 1UL << 36;

    private const int SmallestPageShift = 12;
    private const int LargestPageShift = 21;
    private const int ChunkShift = 15;
    private const int FramesPerChunk = 1 << ChunkShift;

    // State of a frame: one of these bits and the number of its block, or the number of its line.
    private const uint Materialized = 1U << 31;
    private const uint Headed = 1U << 30;

    // A block of a headed frame: its first lines, then the number of the line that all others are.
    private const int HeadBlockShift = 9;
    private const uint HeadBytes = 7 * 64;

    private const int StripeCount = 64;

    private readonly LineTable _lines = new();
    private readonly FrameBytes _bytes;
    private readonly FrameBytes _heads;

    // Whoever writes to a frame that is not all bytes holds the lock of its stripe, so that no write is lost while it changes its form.
    private readonly Lock[] _stripes;
    private readonly uint[]?[] _states;
    private readonly int _pageShift;

    // Words and lines of the machine: an address turned right by 3 or 6 bits is below them only if it is aligned as well.
    private readonly ulong _words;
    private readonly ulong _lineCount;
    private readonly uint _poison;

    /// <summary>Makes a machine's memory, all zeros.</summary>
    /// <param name="pageShift">Log2 of the bytes of a frame: 12 to 21.</param>
    /// <param name="frameCount">Number of frames: 1 to <see cref="FrameLimit"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is beyond its limit.</exception>
    public SparseMemory(int pageShift, ulong frameCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageShift, SmallestPageShift);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageShift, LargestPageShift);
        ArgumentOutOfRangeException.ThrowIfZero(frameCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frameCount, FrameLimit);
        _pageShift = pageShift;
        FrameCount = frameCount;
        _words = frameCount << (pageShift - 3);
        _lineCount = frameCount << (pageShift - 6);
        _bytes = new FrameBytes(pageShift, frameCount);
        _heads = new FrameBytes(HeadBlockShift, frameCount);
        _stripes = [.. Enumerable.Range(0, StripeCount).Select(_ => new Lock())];
        _states = new uint[(frameCount + FramesPerChunk - 1) >> ChunkShift][];
        _poison = _lines.Intern(Vector512.Create(0xaaaa_aaaa_aaaa_aaaaUL));
    }

    /// <summary>Log2 of the bytes of a frame.</summary>
    public int PageShift => _pageShift;

    /// <summary>Number of frames.</summary>
    public ulong FrameCount { get; }

    /// <summary>Number of frames that have bytes of their own; a moment too many while two threads write to one uniform frame.</summary>
    public long MaterializedFrames => _bytes.InUse + _heads.InUse;

    /// <summary>This memory as page-table walkers read it.</summary>
    public SparseMemoryView View => new(this);

    /// <summary>Whether the machine has this address.</summary>
    public bool Contains(ulong physicalAddress) => physicalAddress >> 3 < _words;

    /// <summary>Reads a word.</summary>
    /// <param name="physicalAddress">A multiple of 8.</param>
    /// <exception cref="ArgumentOutOfRangeException">The address is misaligned, or the machine has no such address.</exception>
    public ulong ReadWord(ulong physicalAddress)
    {
        CheckWord(physicalAddress);
        return ReadKnownWord(physicalAddress);
    }

    /// <summary>Writes a word. The frame becomes materialized.</summary>
    /// <param name="physicalAddress">A multiple of 8.</param>
    /// <param name="value">The word.</param>
    /// <exception cref="ArgumentOutOfRangeException">The address is misaligned, or the machine has no such address.</exception>
    public void WriteWord(ulong physicalAddress, ulong value)
    {
        CheckWord(physicalAddress);
        uint state = StateOf(physicalAddress >> _pageShift);
        if ((state & Materialized) != 0)
        {
            Volatile.Write(ref Unsafe.As<byte, ulong>(ref ByteOf(state, physicalAddress)), value);
            return;
        }

        lock (StripeOf(physicalAddress))
        {
            Volatile.Write(ref Unsafe.As<byte, ulong>(ref ChangingByte(physicalAddress)), value);
        }
    }

    /// <summary>Writes a word if it is what is expected, in one step for all threads. The frame becomes materialized in any case.</summary>
    /// <param name="physicalAddress">A multiple of 8.</param>
    /// <param name="value">The word to write.</param>
    /// <param name="comparand">The word that must be there.</param>
    /// <returns>The word that was there: <paramref name="comparand"/> if <paramref name="value"/> was written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The address is misaligned, or the machine has no such address.</exception>
    public ulong CompareExchangeWord(ulong physicalAddress, ulong value, ulong comparand)
    {
        CheckWord(physicalAddress);
        uint state = StateOf(physicalAddress >> _pageShift);
        if ((state & Materialized) != 0)
        {
            return Interlocked.CompareExchange(ref Unsafe.As<byte, ulong>(ref ByteOf(state, physicalAddress)), value, comparand);
        }

        lock (StripeOf(physicalAddress))
        {
            return Interlocked.CompareExchange(ref Unsafe.As<byte, ulong>(ref ChangingByte(physicalAddress)), value, comparand);
        }
    }

    /// <summary>A copy of a 64-byte line that the frame had, even while it is filled, copied onto or discarded. Word by word it may be of two moments.</summary>
    /// <param name="physicalAddress">A multiple of 64.</param>
    /// <exception cref="ArgumentOutOfRangeException">The address is misaligned, or the machine has no such address.</exception>
    public Vector512<ulong> CopyLine(ulong physicalAddress)
    {
        CheckLine(physicalAddress);
        ulong pfn = physicalAddress >> _pageShift;
        while (true)
        {
            // As for a word: it counts only if the block is still this frame's.
            uint state = StateOf(pfn);
            Vector512<ulong> line = LineOf(state, physicalAddress);
            Interlocked.MemoryBarrier();
            if (StateOf(pfn) == state)
            {
                return line;
            }
        }
    }

    /// <summary>Writes a 64-byte line; not in one step for other threads. The frame becomes materialized.</summary>
    /// <param name="physicalAddress">A multiple of 64.</param>
    /// <param name="line">The line.</param>
    /// <exception cref="ArgumentOutOfRangeException">The address is misaligned, or the machine has no such address.</exception>
    public void WriteLine(ulong physicalAddress, in Vector512<ulong> line)
    {
        CheckLine(physicalAddress);
        uint state = StateOf(physicalAddress >> _pageShift);
        if ((state & Materialized) != 0)
        {
            Unsafe.As<byte, Vector512<ulong>>(ref ByteOf(state, physicalAddress)) = line;
            return;
        }

        lock (StripeOf(physicalAddress))
        {
            Unsafe.As<byte, Vector512<ulong>>(ref ChangingByte(physicalAddress)) = line;
        }
    }

    /// <summary>A 64-byte line to write, in place. The frame gets all its bytes. A line is not written in one step for other threads.</summary>
    /// <param name="physicalAddress">A multiple of 64.</param>
    /// <returns>The line, valid until the frame is filled or discarded.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The address is misaligned, or the machine has no such address.</exception>
    public ref Vector512<ulong> WritableLine(ulong physicalAddress)
    {
        CheckLine(physicalAddress);
        return ref Unsafe.As<byte, Vector512<ulong>>(ref WritableByte(physicalAddress));
    }

    /// <summary>All bytes of a frame to read and write, in place. The frame gets all its bytes.</summary>
    /// <param name="pfn">The frame.</param>
    /// <returns>The bytes, valid until the frame is filled or discarded.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The machine has no such frame.</exception>
    public Span<byte> WritableBytes(ulong pfn)
    {
        CheckFrame(pfn);
        return MemoryMarshal.CreateSpan(ref WritableByte(pfn << _pageShift), 1 << _pageShift);
    }

    /// <summary>
    /// Copies a frame out; it does not become materialized. All of it is what the frame had, even while it is filled, copied onto or discarded; word
    /// by word it may be of several moments.
    /// </summary>
    /// <param name="pfn">The frame.</param>
    /// <param name="destination">At least as long as a frame; what is longer is left alone.</param>
    /// <exception cref="ArgumentOutOfRangeException">The machine has no such frame.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than a frame.</exception>
    public void ReadFrame(ulong pfn, Span<byte> destination)
    {
        CheckFrame(pfn);
        int length = 1 << _pageShift;
        if (destination.Length < length)
        {
            throw new ArgumentException($"A frame has {length} bytes, the destination {destination.Length}.", nameof(destination));
        }

        // As for a word: it counts only if the bytes are still this frame's.
        uint state;
        do
        {
            state = StateOf(pfn);
            CopyOut(state, destination[..length]);
            Interlocked.MemoryBarrier();
        }
        while (StateOf(pfn) != state);
    }

    /// <summary>Makes a frame uniform and releases its bytes.</summary>
    /// <param name="pfn">The frame.</param>
    /// <param name="line">What each of its lines becomes. The machine remembers every different line for ever, in about 80 bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The machine has no such frame.</exception>
    public void FillFrame(ulong pfn, in Vector512<ulong> line)
    {
        CheckFrame(pfn);
        Replace(pfn, _lines.Intern(line));
    }

    /// <summary>Makes the lines of a frame equal from one on, and leaves those before it as they are.</summary>
    /// <param name="pfn">The frame.</param>
    /// <param name="firstLine">The first line that changes, from 0 to the last one.</param>
    /// <param name="line">What they become.</param>
    /// <exception cref="ArgumentOutOfRangeException">The machine has no such frame, or the frame no such line.</exception>
    public void FillFrame(ulong pfn, int firstLine, in Vector512<ulong> line)
    {
        CheckFrame(pfn);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)firstLine, 1u << (_pageShift - 6), nameof(firstLine));
        if (firstLine == 0)
        {
            FillFrame(pfn, in line);
            return;
        }

        ulong start = pfn << _pageShift;
        if (firstLine > HeadBytes / 64)
        {
            for (ulong offset = (ulong)firstLine << 6; offset < 1UL << _pageShift; offset += 64)
            {
                WriteLine(start + offset, in line);
            }

            return;
        }

        uint made = _heads.Take() | Headed;
        for (uint offset = 0; offset < HeadBytes; offset += 64)
        {
            Unsafe.As<byte, Vector512<ulong>>(ref _heads.At(made & ~Headed, offset)) = offset >> 6 < firstLine ? CopyLine(start + offset) : line;
        }

        RestOf(made) = _lines.Intern(in line);
        Replace(pfn, made);
    }

    /// <summary>
    /// Forgets what a frame had, when its owner frees it: every byte becomes 0xAA (the kernel's PAGE_POISON, include/linux/poison.h), the bytes
    /// are released.
    /// </summary>
    /// <param name="pfn">The frame.</param>
    /// <exception cref="ArgumentOutOfRangeException">The machine has no such frame.</exception>
    public void Discard(ulong pfn)
    {
        CheckFrame(pfn);
        Replace(pfn, _poison);
    }

    /// <summary>Makes a frame equal to another one. A copy of a uniform frame is uniform.</summary>
    /// <param name="from">The frame to read.</param>
    /// <param name="to">The frame to overwrite; nothing happens if it is the same one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The machine has no such frame.</exception>
    public void CopyFrame(ulong from, ulong to)
    {
        CheckFrame(from);
        CheckFrame(to);
        if (from == to)
        {
            return;
        }

        uint source = StateOf(from);
        while ((source & Headed) != 0)
        {
            uint head = _heads.Take();
            _heads.Block(source & ~Headed).CopyTo(_heads.Block(head));
            Interlocked.MemoryBarrier();
            uint found = StateOf(from);
            if (found == source)
            {
                Replace(to, head | Headed);
                return;
            }

            // Somebody's write gave it all its bytes meanwhile: what was copied may be another frame's.
            _heads.Release(head);
            source = found;
        }

        if ((source & Materialized) == 0)
        {
            Replace(to, source);
            return;
        }

        uint target = StateOf(to);
        if ((target & Materialized) != 0)
        {
            CopyOut(source, _bytes.Block(target & ~Materialized));
            return;
        }

        uint block = _bytes.Take();
        CopyOut(source, _bytes.Block(block));
        Replace(to, block | Materialized);
    }

    /// <summary>Releases the bytes of a frame whose lines are all equal: it reads as before, and takes no memory for itself.</summary>
    /// <param name="pfn">The frame.</param>
    /// <exception cref="ArgumentOutOfRangeException">The machine has no such frame.</exception>
    public void Fold(ulong pfn)
    {
        CheckFrame(pfn);
        uint state = StateOf(pfn);
        if ((state & (Materialized | Headed)) == 0)
        {
            return;
        }

        // All lines are equal if the frame is what it is one line further on.
        ReadOnlySpan<byte> bytes = (state & Materialized) != 0 ? _bytes.Block(state & ~Materialized) : _heads.Block(state & ~Headed)[..(int)HeadBytes];
        Vector512<ulong> first = Unsafe.As<byte, Vector512<ulong>>(ref MemoryMarshal.GetReference(bytes));
        if (bytes[64..].SequenceEqual(bytes[..^64]) && ((state & Materialized) != 0 || first == _lines[RestOf(state)]))
        {
            Replace(pfn, _lines.Intern(first));
        }
    }

    /// <summary>Reads the line that all lines of a frame are, if it is kept as one.</summary>
    /// <param name="pfn">The frame.</param>
    /// <param name="line">The line.</param>
    internal bool TryReadUniform(ulong pfn, out Vector512<ulong> line)
    {
        CheckFrame(pfn);
        uint state = StateOf(pfn);
        bool uniform = (state & (Materialized | Headed)) == 0;
        line = uniform ? _lines[state] : default;
        return uniform;
    }

    /// <summary>Reads entries for the view: the bytes themselves where one materialized frame has them all, else a copy.</summary>
    /// <param name="physicalAddress">A multiple of 8.</param>
    /// <param name="scratch">As many entries as are wanted.</param>
    /// <param name="table">The entries.</param>
    /// <returns>Number of entries from the first on that the machine has.</returns>
    internal int ReadWords(ulong physicalAddress, Span<ulong> scratch, out ReadOnlySpan<ulong> table)
    {
        table = scratch;
        ulong word = BitOperations.RotateRight(physicalAddress, 3);
        if (word >= _words)
        {
            ThrowIfMisaligned(physicalAddress, 8);
            return 0;
        }

        int count = (int)Math.Min((ulong)scratch.Length, _words - word);
        ulong perFrame = 1UL << (_pageShift - 3);
        uint state = StateOf(physicalAddress >> _pageShift);
        if ((state & Materialized) != 0 && (word & (perFrame - 1)) + (ulong)scratch.Length <= perFrame)
        {
            table = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, ulong>(ref ByteOf(state, physicalAddress)), scratch.Length);
            return count;
        }

        for (int i = 0; i < count; i++)
        {
            scratch[i] = ReadKnownWord(physicalAddress + ((ulong)i << 3));
        }

        return count;
    }

    /// <summary>Reads a word if the machine has it.</summary>
    /// <param name="physicalAddress">A multiple of 8.</param>
    /// <param name="word">The word, or 0.</param>
    internal bool TryReadWord(ulong physicalAddress, out ulong word)
    {
        if (BitOperations.RotateRight(physicalAddress, 3) < _words)
        {
            word = ReadKnownWord(physicalAddress);
            return true;
        }

        ThrowIfMisaligned(physicalAddress, 8);
        word = 0;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong ReadKnownWord(ulong physicalAddress)
    {
        ulong pfn = physicalAddress >> _pageShift;
        uint[]? chunk = Volatile.Read(ref _states[pfn >> ChunkShift]);
        if (chunk is null)
        {
            return 0;
        }

        ref uint state = ref chunk[pfn & (FramesPerChunk - 1)];
        while (true)
        {
            uint seen = Volatile.Read(ref state);
            if ((seen & (Materialized | Headed)) == 0)
            {
                return WordOf(in _lines[seen], physicalAddress);
            }

            // The block may have been released and written for another frame meanwhile: the word counts only if it is still this one's.
            ulong word = (seen & Materialized) != 0
                ? Volatile.Read(ref Unsafe.As<byte, ulong>(ref ByteOf(seen, physicalAddress)))
                : Volatile.Read(ref Unsafe.AsRef(in WordOf(in LineOf(seen, physicalAddress), physicalAddress)));
            if (Volatile.Read(ref state) == seen)
            {
                return word;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref readonly ulong WordOf(in Vector512<ulong> line, ulong physicalAddress) =>
        ref Unsafe.Add(ref Unsafe.As<Vector512<ulong>, ulong>(ref Unsafe.AsRef(in line)), (int)(physicalAddress >> 3) & 7);

    private ref readonly Vector512<ulong> LineOf(uint state, ulong physicalAddress)
    {
        if ((state & Materialized) != 0)
        {
            return ref Unsafe.As<byte, Vector512<ulong>>(ref ByteOf(state, physicalAddress & ~63UL));
        }

        if ((state & Headed) == 0)
        {
            return ref _lines[state];
        }

        uint offset = (uint)physicalAddress & ((1u << _pageShift) - 1) & ~63u;
        return ref offset < HeadBytes
            ? ref Unsafe.As<byte, Vector512<ulong>>(ref _heads.At(state & ~Headed, offset))
            : ref _lines[RestOf(state)];
    }

    // The number of the line that a headed frame has behind its first ones.
    private ref uint RestOf(uint state) => ref Unsafe.As<byte, uint>(ref _heads.At(state & ~Headed, HeadBytes));

    private Lock StripeOf(ulong physicalAddress) => _stripes[(physicalAddress >> _pageShift) % StripeCount];

    private ref byte WritableByte(ulong physicalAddress)
    {
        uint state = StateOf(physicalAddress >> _pageShift);
        if ((state & Materialized) == 0)
        {
            lock (StripeOf(physicalAddress))
            {
                state = Materialize(physicalAddress >> _pageShift);
            }
        }

        return ref ByteOf(state, physicalAddress);
    }

    // A byte to write in a frame that had not all its bytes: among its first lines, or the frame gets all. The stripe is locked.
    private ref byte ChangingByte(ulong physicalAddress)
    {
        uint offset = (uint)physicalAddress & ((1u << _pageShift) - 1);
        if (offset < HeadBytes && MakeHeaded(physicalAddress >> _pageShift) is var state && (state & Materialized) == 0)
        {
            return ref _heads.At(state & ~Headed, offset);
        }

        return ref ByteOf(Materialize(physicalAddress >> _pageShift), physicalAddress);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte ByteOf(uint state, ulong physicalAddress) =>
        ref _bytes.At(state & ~Materialized, (uint)physicalAddress & ((1u << _pageShift) - 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint StateOf(ulong pfn)
    {
        uint[]? chunk = Volatile.Read(ref _states[pfn >> ChunkShift]);
        return chunk is null ? 0 : Volatile.Read(ref chunk[pfn & (FramesPerChunk - 1)]);
    }

    // Gives a frame all its bytes. The stripe is locked; only the frame's owner may be changing its state all the same, and is not undone.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint Materialize(ulong pfn)
    {
        ref uint state = ref MadeStateOf(pfn);
        uint seen = Volatile.Read(ref state);
        while ((seen & Materialized) == 0)
        {
            uint block = _bytes.Take();
            CopyOut(seen, _bytes.Block(block));
            uint found = Interlocked.CompareExchange(ref state, block | Materialized, seen);
            if (found == seen)
            {
                Release(seen);
                return block | Materialized;
            }

            _bytes.Release(block);
            seen = found;
        }

        return seen;
    }

    // Gives a uniform frame its first lines. The stripe is locked.
    private uint MakeHeaded(ulong pfn)
    {
        ref uint state = ref MadeStateOf(pfn);
        uint seen = Volatile.Read(ref state);
        while ((seen & (Materialized | Headed)) == 0)
        {
            uint made = _heads.Take() | Headed;
            Span<byte> block = _heads.Block(made & ~Headed);
            CopyOut(seen, block);
            RestOf(made) = seen;
            uint found = Interlocked.CompareExchange(ref state, made, seen);
            if (found == seen)
            {
                return made;
            }

            _heads.Release(made & ~Headed);
            seen = found;
        }

        return seen;
    }

    private void Release(uint state)
    {
        if ((state & Materialized) != 0)
        {
            _bytes.Release(state & ~Materialized);
        }
        else if ((state & Headed) != 0)
        {
            _heads.Release(state & ~Headed);
        }
    }

    // The new state is seen by all before the old bytes can be taken for another frame.
    private void Replace(ulong pfn, uint next)
    {
        if (next == 0 && Volatile.Read(ref _states[pfn >> ChunkShift]) is null)
        {
            return;
        }

        Release(Interlocked.Exchange(ref MadeStateOf(pfn), next));
    }

    private ref uint MadeStateOf(ulong pfn)
    {
        ref uint[]? slot = ref _states[pfn >> ChunkShift];
        uint[]? chunk = Volatile.Read(ref slot);
        if (chunk is null)
        {
            uint[] made = new uint[FramesPerChunk];
            chunk = Interlocked.CompareExchange(ref slot, made, null) ?? made;
        }

        return ref chunk[pfn & (FramesPerChunk - 1)];
    }

    private void CopyOut(uint state, Span<byte> destination)
    {
        if ((state & Materialized) != 0)
        {
            _bytes.Block(state & ~Materialized).CopyTo(destination);
            return;
        }

        nuint offset = 0;
        ref byte first = ref MemoryMarshal.GetReference(destination);
        if ((state & Headed) != 0)
        {
            _heads.Block(state & ~Headed)[..(int)HeadBytes].CopyTo(destination);
            offset = HeadBytes;
        }

        Vector512<ulong> line = (state & Headed) != 0 ? _lines[RestOf(state)] : _lines[state];
        for (; offset < (nuint)destination.Length; offset += 64)
        {
            line.AsByte().StoreUnsafe(ref first, offset);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckWord(ulong physicalAddress)
    {
        if (BitOperations.RotateRight(physicalAddress, 3) >= _words)
        {
            ThrowAddress(physicalAddress, 8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckLine(ulong physicalAddress)
    {
        if (BitOperations.RotateRight(physicalAddress, 6) >= _lineCount)
        {
            ThrowAddress(physicalAddress, 64);
        }
    }

    private void CheckFrame(ulong pfn)
    {
        if (pfn >= FrameCount)
        {
            throw new ArgumentOutOfRangeException(nameof(pfn), $"PFN 0x{pfn:x} is beyond the machine, which has 0x{FrameCount:x} frames.");
        }
    }

    private void ThrowAddress(ulong physicalAddress, ulong alignment)
    {
        ThrowIfMisaligned(physicalAddress, alignment);
        throw new ArgumentOutOfRangeException(
            nameof(physicalAddress),
            $"Physical address 0x{physicalAddress:x} is beyond the machine, which ends at 0x{(UInt128)FrameCount << _pageShift:x}.");
    }

    private static void ThrowIfMisaligned(ulong physicalAddress, ulong alignment)
    {
        if ((physicalAddress & (alignment - 1)) != 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(physicalAddress), $"Physical address 0x{physicalAddress:x} is no multiple of {alignment}.");
        }
    }
}
