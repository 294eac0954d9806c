using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmemmap.Simulation;

/// <summary>
/// Blocks of one frame's size, by number, in pinned slabs of some MiB. A block starts at a multiple of 64 bytes. A slab stays for as long as
/// the memory does: a reference or a number that is out of date leads to another frame's bytes at worst.
/// </summary>
/// <remarks>
/// Any thread may take, release and read. A number has 30 bits: which block, and above that how often it was released, modulo 16. A block that
/// is released is the next one taken; by its number a reader still sees that it was another frame's in between.
/// </remarks>
internal sealed class FrameBytes
{
    private const int SlabShift = 22;
    private const int Alignment = 64;
    private const uint Blocks = 1U << 26;
    private const uint NumberMask = (1U << 30) - 1;

    private readonly Lock _taking = new();
    private readonly int _blockShift;
    private readonly int _blocksPerSlabShift;

    // Replaced by a longer one when it is full; a slab is in it before one of its blocks is handed out.
    private Slab[] _slabs = new Slab[4];
    private uint _made;

    // Released blocks, the last one on top: its bytes are the warmest.
    private uint[] _released = new uint[16];
    private int _releasedCount;
    private long _inUse;

    /// <summary>Makes no block yet.</summary>
    /// <param name="blockShift">Log2 of a block's bytes, at least 6.</param>
    /// <param name="most">Blocks that can be in use at once: a small machine has small slabs.</param>
    public FrameBytes(int blockShift, ulong most)
    {
        int wanted = Math.Max(blockShift + BitOperations.Log2(most), blockShift);
        _blockShift = blockShift;
        _blocksPerSlabShift = Math.Min(wanted, Math.Max(SlabShift, blockShift)) - blockShift;
    }

    /// <summary>Number of blocks in use.</summary>
    public long InUse => Volatile.Read(ref _inUse);

    /// <summary>A byte of a block.</summary>
    /// <param name="block">A number that <see cref="Take"/> gave.</param>
    /// <param name="offset">Offset in the block, smaller than its size.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref byte At(uint block, uint offset)
    {
        block &= Blocks - 1;
        ref Slab slab = ref _slabs[block >> _blocksPerSlabShift];
        return ref slab.Bytes[slab.First + ((block & ((1u << _blocksPerSlabShift) - 1)) << _blockShift) + offset];
    }

    /// <summary>All bytes of a block.</summary>
    public Span<byte> Block(uint block) => MemoryMarshal.CreateSpan(ref At(block, 0), 1 << _blockShift);

    /// <summary>Takes a block; what is in it is undefined.</summary>
    /// <exception cref="InsufficientMemoryException">2^26 blocks are in use: 256 GiB of 4 KiB.</exception>
    public uint Take()
    {
        lock (_taking)
        {
            uint block;
            if (_releasedCount > 0)
            {
                block = _released[--_releasedCount];
            }
            else
            {
                block = _made;
                if (block == Blocks)
                {
                    throw new InsufficientMemoryException($"{Blocks} frames have bytes of their own: no machine can have more.");
                }

                if ((block & ((1u << _blocksPerSlabShift) - 1)) == 0)
                {
                    AddSlab(block >> _blocksPerSlabShift);
                }

                _made = block + 1;
            }

            _inUse++;
            return block;
        }
    }

    /// <summary>Gives a block back.</summary>
    public void Release(uint block)
    {
        lock (_taking)
        {
            if (_releasedCount == _released.Length)
            {
                Array.Resize(ref _released, _released.Length * 2);
            }

            _released[_releasedCount++] = (block + Blocks) & NumberMask;
            _inUse--;
        }
    }

    private void AddSlab(uint index)
    {
        if (index == _slabs.Length)
        {
            Slab[] longer = new Slab[_slabs.Length * 2];
            _slabs.CopyTo(longer, 0);
            Volatile.Write(ref _slabs, longer);
        }

        _slabs[index] = new Slab((1 << _blocksPerSlabShift << _blockShift) + Alignment);
    }

    private readonly struct Slab
    {
        public readonly byte[] Bytes;
        public readonly uint First;

        public unsafe Slab(int length)
        {
            Bytes = GC.AllocateUninitializedArray<byte>(length, pinned: true);
            nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(Bytes));
            First = (uint)(0 - address & (Alignment - 1));
        }
    }
}
