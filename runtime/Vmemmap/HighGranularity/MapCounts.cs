using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <summary>
/// The counts of mappings in a huge page's struct pages, changed as a CPU reaches them in vmemmap: _entire_mapcount and _large_mapcount in the
/// first tail (6.12 include/linux/mm_types.h), and _mapcount of base pages.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <param name="cpu">The CPU.</param>
/// <param name="headPfn">The huge page's first frame.</param>
internal readonly struct MapCounts<TArch>(Cpu<TArch> cpu, ulong headPfn)
    where TArch : struct, IArchitecture
{
    // _large_mapcount and _entire_mapcount are the two halves of this word of the first tail.
    private const ulong CountsOffset = 16;
    private const int EntireShift = 32;

    // _mapcount in the low half, _refcount in the high one.
    private const ulong MapCountOffset = 48;

    /// <summary>Mappings of the huge page as a whole.</summary>
    public int Entire => (int)(cpu.ReadWord(cpu.Machine.Vmemmap.AddressOf(headPfn + 1) + CountsOffset) >> EntireShift) + 1;

    /// <summary>Counts mappings of the whole.</summary>
    /// <param name="count">Negative for what is gone, for which there is always room.</param>
    /// <returns>False, and nothing is counted, if the sum of all mappings is full.</returns>
    public bool TryAddEntire(int count) => TryAddToSum(count, entire: count);

    /// <summary>Counts a mapping of a piece: in the struct page of each of its base pages, and in the sum.</summary>
    /// <param name="index">The first base page.</param>
    /// <param name="pages">Base pages.</param>
    /// <param name="count">1 or -1.</param>
    /// <returns>False, and nothing is counted, if the sum of all mappings is full.</returns>
    public bool TryAddPiece(long index, long pages, int count)
    {
        if (!TryAddToSum((int)pages * count, entire: 0))
        {
            return false;
        }

        for (long page = index; page < index + pages; page++)
        {
            // The head's word holds its type since 6.11; the low 24 bits of that are free, and count from 0 there.
            _ = TryChange(headPfn + (ulong)page, MapCountOffset, word => (word & ~(ulong)uint.MaxValue) | (uint)((int)word + count));
        }

        return true;
    }

    // The word has the sum less 1.
    private bool TryAddToSum(int count, int entire) => TryChange(headPfn + 1, CountsOffset, word => (int)word + (long)count >= int.MaxValue ? null
        : (uint)((int)word + count) | ((ulong)(uint)((int)(word >> EntireShift) + entire) << EntireShift));

    /// <summary>Changes a word at once; false if it is not to be changed.</summary>
    private bool TryChange(ulong pfn, ulong offset, Func<ulong, ulong?> change)
    {
        ulong address = cpu.Machine.Vmemmap.AddressOf(pfn) + offset;
        ulong found = cpu.ReadWord(address);
        ulong before;
        do
        {
            before = found;
            if (change(before) is not { } changed)
            {
                return false;
            }

            _ = cpu.CompareExchangeWord(address, changed, before, out found);
        }
        while (found != before);
        cpu.Counters.ReferenceUpdates++;
        return true;
    }
}
