namespace Vmemmap.Dumps;

/// <summary>Neighbouring vmemmap pages that map one frame: the page-table signature of HVO and of device DAX.</summary>
/// <remarks>A terabyte of optimized 2M pages has half a million of them, so one is two words.</remarks>
internal readonly record struct AliasRun
{
    private const ulong FirstWritableBit = 1;
    private const ulong RestWritableBit = 2;
    private const int CountShift = 2;

    private readonly ulong _word;

    /// <summary>Makes a run.</summary>
    /// <param name="address">Virtual address of the first vmemmap page.</param>
    /// <param name="count">Vmemmap pages, two or more.</param>
    /// <param name="firstWritable">1 if the first page is writable, else 0.</param>
    /// <param name="restWritable">1 if any page after the first is writable, else 0.</param>
    public AliasRun(ulong address, ulong count, ulong firstWritable, ulong restWritable)
    {
        Address = address;
        _word = (count << CountShift) + (firstWritable * FirstWritableBit) + (restWritable * RestWritableBit);
    }

    /// <summary>Virtual address of the first vmemmap page.</summary>
    public ulong Address { get; }

    /// <summary>Vmemmap pages, two or more.</summary>
    public int Count => (int)(_word >> CountShift);

    /// <summary>Whether the first page is writable.</summary>
    public bool FirstWritable => (_word & FirstWritableBit) != 0;

    /// <summary>Whether any page after the first is writable.</summary>
    public bool RestWritable => (_word & RestWritableBit) != 0;

    /// <summary>Virtual address just behind the run.</summary>
    public ulong End(int pageShift) => Address + ((ulong)Count << pageShift);
}
