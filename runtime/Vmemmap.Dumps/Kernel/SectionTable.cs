using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Vmemmap.Dumps;

/// <summary>
/// The kernel's mem_section: which sections of physical memory exist, which are RAM, and where their struct pages are
/// (v6.12 include/linux/mmzone.h:1780-1990). Looked up one at a time: the root array alone may be 16 MiB.
/// </summary>
internal sealed class SectionTable
{
    /// <summary>More separate ranges of memory than any machine has.</summary>
    private const int MostRanges = 1 << 16;

    /// <summary>Kernels have 24 (powerpc) to 30; riscv64 has the most physical bits, 56.</summary>
    private const int SmallestSection = 21;
    private const int LargestSection = 40;
    private const int LargestPhysical = 57;

    /// <summary>Pages of the array of roots, and of sections, that are read to learn which exist; riscv64 has 4096 of the first.</summary>
    private const int MostPages = 1 << 14;

    /// <summary>Looked-up sections that are remembered.</summary>
    private const int MostKnown = 1 << 20;

    private readonly AddressSpace _space;
    private readonly ulong _array;
    private readonly long _sectionsPerRoot;
    private readonly long _entrySize;
    private readonly long _mapOffset;
    private readonly bool _isStatic;
    private readonly Dictionary<long, SectionInfo> _known = [];
    private readonly int _pageSize;
    private List<(long First, long Last)>? _present;
    private bool _presentRead;

    private SectionTable(AddressSpace space, ulong array, long sectionsPerRoot, long entrySize, long mapOffset, bool isStatic, int shift, long count, int pageSize)
    {
        _space = space;
        _array = array;
        _sectionsPerRoot = sectionsPerRoot;
        _entrySize = entrySize;
        _mapOffset = mapOffset;
        _isStatic = isStatic;
        SizeShift = shift;
        Count = count;
        _pageSize = pageSize;
    }

    /// <summary>log2 of the bytes of a section.</summary>
    public int SizeShift { get; }

    /// <summary>Sections that the kernel can have.</summary>
    public long Count { get; }

    /// <summary>Makes the table from VMCOREINFO.</summary>
    /// <returns>Null if a key is missing.</returns>
    public static SectionTable? TryCreate(AddressSpace space, Vmcoreinfo info, int pageSize)
    {
        if (!info.TryGetSymbol("mem_section", out ulong array)
            || !info.TryGetLength("mem_section", out long length)
            || !info.TryGetSize("mem_section", out long size)
            || !info.TryGetOffset("mem_section.section_mem_map", out long offset)
            || !info.TryGetNumber("SECTION_SIZE_BITS", out long sectionBits)
            || !info.TryGetNumber("MAX_PHYSMEM_BITS", out long physicalBits)
            || size < 8 || size > pageSize || offset < 0 || offset + 8 > size
            || sectionBits is < SmallestSection or > LargestSection || physicalBits <= sectionBits || physicalBits > LargestPhysical)
        {
            return null;
        }

        long count = 1L << (int)(physicalBits - sectionBits);
        // SPARSEMEM_EXTREME keeps pages of sections behind an array of roots; without it the symbol is the sections themselves.
        bool isStatic = length == count;
        return new SectionTable(space, array, isStatic ? count : pageSize / size, size, offset, isStatic, (int)sectionBits, count, pageSize);
    }

    /// <summary>What is known of a section.</summary>
    /// <param name="number">Physical address shifted right by <see cref="SizeShift"/>.</param>
    public SectionInfo Find(long number)
    {
        if (number < 0 || number >= Count)
        {
            return SectionInfo.NotPresent;
        }

        if (!_known.TryGetValue(number, out SectionInfo info))
        {
            if (_known.Count >= MostKnown)
            {
                _known.Clear();
            }

            _known[number] = info = Read(number);
        }

        return info;
    }

    /// <summary>Whether any section of a range has struct pages; null if mem_section cannot tell.</summary>
    /// <param name="first">First section.</param>
    /// <param name="last">Last section, inclusive.</param>
    public bool? AnyPresent(long first, long last)
    {
        if (!_presentRead)
        {
            _presentRead = true;
            _present = ReadPresent();
        }

        return _present?.Exists(range => range.First <= last && range.Last >= first);
    }

    /// <summary>Every present section, as ranges. Reads whole pages and skips those that are zero; needed only for odd images.</summary>
    /// <returns>Null if mem_section is not there, or larger than any kernel's.</returns>
    private List<(long First, long Last)>? ReadPresent()
    {
        var ranges = new List<(long First, long Last)>();
        long roots = _isStatic ? 1 : Count / _sectionsPerRoot;
        int rootsPerPage = _pageSize / sizeof(ulong);
        if (_isStatic ? Count * _entrySize / _pageSize > MostPages : roots / rootsPerPage > MostPages)
        {
            return null;
        }

        if (_isStatic)
        {
            return AddPresent(_array, 0, Count, ranges) ? ranges : null;
        }

        int read = 0;
        var page = new ulong[rootsPerPage];
        for (long root = 0; root < roots; root += rootsPerPage)
        {
            Span<ulong> part = page.AsSpan(0, (int)Math.Min(rootsPerPage, roots - root));
            if (!_space.TryRead(_array + ((ulong)root * sizeof(ulong)), MemoryMarshal.AsBytes(part)))
            {
                return null;
            }

            for (int next = part.IndexOfAnyExcept(0UL); next >= 0 && next < part.Length; next++)
            {
                int skip = part[next..].IndexOfAnyExcept(0UL);
                if (skip < 0)
                {
                    break;
                }

                next += skip;
                if (++read > MostPages || !AddPresent(part[next], (root + next) * _sectionsPerRoot, _sectionsPerRoot, ranges))
                {
                    return null;
                }
            }
        }

        return ranges;
    }

    /// <summary>Adds the present ones of a run of sections.</summary>
    private bool AddPresent(ulong address, long first, long count, List<(long First, long Last)> ranges)
    {
        var bytes = new byte[count * _entrySize];
        if (!_space.TryRead(address, bytes))
        {
            return false;
        }

        for (long i = 0; i < count; i++)
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan((int)((i * _entrySize) + _mapOffset)));
            if (SectionInfo.FromWord(word).State != SectionState.Present)
            {
                continue;
            }

            if (ranges.Count > 0 && ranges[^1].Last == first + i - 1)
            {
                ranges[^1] = (ranges[^1].First, first + i);
            }
            else if (ranges.Count < MostRanges)
            {
                ranges.Add((first + i, first + i));
            }
            else
            {
                return false;
            }
        }

        return true;
    }

    private SectionInfo Read(long number)
    {
        ulong first = _array;
        if (!_isStatic)
        {
            if (!_space.TryReadUInt64(_array + ((ulong)(number / _sectionsPerRoot) * 8), out first))
            {
                return SectionInfo.Unknown;
            }

            if (first == 0)
            {
                return SectionInfo.NotPresent;
            }
        }

        ulong address = first + ((ulong)(number % _sectionsPerRoot) * (ulong)_entrySize) + (ulong)_mapOffset;
        return _space.TryReadUInt64(address, out ulong word) ? SectionInfo.FromWord(word) : SectionInfo.Unknown;
    }
}

/// <summary>What mem_section says of one section.</summary>
/// <param name="State">Whether the section has struct pages, and whether that is known.</param>
/// <param name="Word">section_mem_map.</param>
internal readonly record struct SectionInfo(SectionState State, ulong Word)
{
    private const ulong PresentBit = 1 << 0;
    private const ulong HasMapBit = 1 << 1;
    private const ulong OnlineBit = 1 << 2;
    private const ulong EarlyBit = 1 << 3;
    private const ulong FlagMask = 0x3f;

    public static SectionInfo Unknown => new(SectionState.Unknown, 0);

    public static SectionInfo NotPresent => new(SectionState.NotPresent, 0);

    /// <summary>Address of PFN 0's struct page, as the section encodes it.</summary>
    public ulong MapBase => Word & ~FlagMask;

    /// <summary>Whether the section was there at boot.</summary>
    public bool IsEarly => (Word & EarlyBit) != 0;

    /// <summary>Whether it holds RAM that the kernel uses: device memory is neither online nor early.</summary>
    public bool IsRam => State == SectionState.Present && (Word & (OnlineBit | EarlyBit)) != 0;

    /// <summary>Whether it is device memory, or RAM that was taken offline.</summary>
    public bool IsDevice => State == SectionState.Present && (Word & (OnlineBit | EarlyBit)) == 0;

    /// <summary>Reads the word. Before a section is initialised it holds a node id: only both low bits make it a map.</summary>
    public static SectionInfo FromWord(ulong word) =>
        (word & (PresentBit | HasMapBit)) == (PresentBit | HasMapBit) ? new SectionInfo(SectionState.Present, word) : NotPresent;

    public override string ToString() => State == SectionState.Present
        ? string.Create(CultureInfo.InvariantCulture, $"{(IsRam ? IsEarly ? "RAM" : "hot-added RAM" : "device or offline")} (section_mem_map 0x{Word:x})")
        : State == SectionState.NotPresent ? "not present" : "unknown";
}

/// <summary>What is known of a section.</summary>
internal enum SectionState : byte
{
    /// <summary>mem_section is not in the image.</summary>
    Unknown,

    /// <summary>It has no struct pages.</summary>
    NotPresent,

    /// <summary>It has struct pages.</summary>
    Present,
}
