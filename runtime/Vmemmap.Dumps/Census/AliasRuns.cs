using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmemmap.Dumps;

/// <summary>Alias runs in address order. Grows by blocks that stay where they are: nothing is copied when it becomes large.</summary>
internal sealed class AliasRuns : IReadOnlyList<AliasRun>
{
    /// <summary>Runs that <see cref="Room"/> always has room for.</summary>
    public const int Slack = 64;

    private const int BlockShift = 11;
    private const int BlockSize = 1 << BlockShift;

    private readonly List<AliasRun[]> _blocks = [];
    private AliasRun[] _last;
    private int _inLast;
    private int _before;

    public AliasRuns() => _last = AddBlock();

    public int Count => _before + _inLast;

    /// <summary>Where the next runs go; <see cref="Commit"/> takes them in.</summary>
    public ref AliasRun Room => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_last), (uint)_inLast);

    public AliasRun this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return _blocks[index >> BlockShift][index & (BlockSize - 1)];
        }
    }

    /// <summary>Takes in runs that were written to <see cref="Room"/>.</summary>
    /// <param name="count">How many, <see cref="Slack"/> at most.</param>
    public void Commit(int count)
    {
        _inLast += count;
        if (_inLast >= BlockSize)
        {
            StartBlock();
        }
    }

    /// <summary>Forgets the runs and keeps the memory.</summary>
    public void Clear()
    {
        _last = _blocks[0];
        _inLast = 0;
        _before = 0;
    }

    public IEnumerator<AliasRun> GetEnumerator()
    {
        int count = Count;
        for (int i = 0; i < count; i++)
        {
            yield return _blocks[i >> BlockShift][i & (BlockSize - 1)];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void StartBlock()
    {
        _before += BlockSize;
        int block = _before >> BlockShift;
        AliasRun[] next = block < _blocks.Count ? _blocks[block] : AddBlock();
        int tooMany = _inLast - BlockSize;
        _last.AsSpan(BlockSize, tooMany).CopyTo(next);
        _last = next;
        _inLast = tooMany;
    }

    private AliasRun[] AddBlock()
    {
        // Only what is used of it is ever touched, so a kernel with few runs pays for few.
        AliasRun[] block = GC.AllocateUninitializedArray<AliasRun>(BlockSize + Slack);
        _blocks.Add(block);
        return block;
    }
}
