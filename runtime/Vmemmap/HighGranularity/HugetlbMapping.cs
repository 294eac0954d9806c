using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <summary>
/// A mapping of huge pages in one address space (a VMA of hugetlbfs). Once it is told to (<see cref="AdviseSplit"/>) it maps huge pages in
/// pieces: HugeTLB high-granularity mapping, as posted from June 2022 (RFC v1) to February 2023 (v2) and never merged.
/// </summary>
/// <remarks>Any thread, each with a CPU of its own; locks as <see cref="HugetlbFile{TArch,TLayout}"/> says.</remarks>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How vmemmap is optimized.</typeparam>
public sealed partial class HugetlbMapping<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    // Pages of a private mapping: its own from the first touch on.
    private readonly Dictionary<long, HugePage<TArch, TLayout>> _own = [];
    private readonly Lock _ownLock = new();
    private bool _isHighGranularity;
    private bool _hasEnded;

    internal HugetlbMapping(HugetlbFile<TArch, TLayout> file, AddressSpace<TArch> space, HugetlbMappingOptions options)
    {
        File = file;
        Space = space;
        Start = options.Start;
        Pages = options.Pages;
        FirstPage = options.FirstPage;
        IsShared = options.IsShared;
        IsWritable = options.IsWritable;
        Userfaults = options.Userfaults;
    }

    /// <summary>The file.</summary>
    public HugetlbFile<TArch, TLayout> File { get; }

    /// <summary>The address space.</summary>
    public AddressSpace<TArch> Space { get; }

    /// <summary>First virtual address.</summary>
    public ulong Start { get; private set; }

    /// <summary>First virtual address behind it.</summary>
    public ulong End => Start + ((ulong)Pages * Hstate.Size);

    /// <summary>Huge pages that it is long.</summary>
    public long Pages { get; }

    /// <summary>The page of the file that it begins with.</summary>
    public long FirstPage { get; }

    /// <summary>The size of its pages.</summary>
    public Hstate Hstate => File.Hstate;

    /// <summary>Whether it shows the file itself.</summary>
    public bool IsShared { get; }

    /// <summary>Whether it may be written.</summary>
    public bool IsWritable { get; }

    /// <summary>Which faults are its user's.</summary>
    public Userfaults Userfaults { get; }

    /// <summary>Whether it may map huge pages in pieces (VM_HUGETLB_HGM); it cannot be undone.</summary>
    public bool IsHighGranularity => Volatile.Read(ref _isHighGranularity);

    private int HugeShift => Hstate.Order + TArch.PageShift;

    private UserPageTables<TArch> Tables => Space.Tables;

    /// <summary>Where it maps a page of the file.</summary>
    internal bool TryAddressOf(long index, out ulong address)
    {
        long offset = index - FirstPage;
        address = Start + ((ulong)offset * Hstate.Size);
        return offset >= 0 && offset < Pages;
    }

    /// <summary>Where a private mapping has the huge page of its own that a frame is in.</summary>
    internal bool TryAddressOfOwn(ulong pfn, out ulong address, out ulong offset)
    {
        lock (_ownLock)
        {
            foreach ((long index, HugePage<TArch, TLayout> page) in _own)
            {
                if (pfn >= page.HeadPfn && pfn - page.HeadPfn < (ulong)page.Count)
                {
                    offset = (pfn - page.HeadPfn) << TArch.PageShift;
                    return TryAddressOf(index, out address);
                }
            }
        }

        (address, offset) = (0, 0);
        return false;
    }

    private long IndexOf(ulong address) => FirstPage + (long)((address - Start) >> HugeShift);

    private HugePage<TArch, TLayout>? PageOf(ulong address)
    {
        if (IsShared)
        {
            return File.PageAt(IndexOf(address));
        }

        lock (_ownLock)
        {
            return _own.GetValueOrDefault(IndexOf(address));
        }
    }

    /// <summary>Whether a range is the mapping's, which may end at any time while mmap_lock is not held.</summary>
    private bool Contains(ulong start, ulong length) => !_hasEnded && start >= Start && start < End && length <= End - start;

    private MappingResult Outside(ulong start, ulong length) => Refused(_hasEnded
        ? $"0x{length:x} bytes at 0x{start:x}: the mapping has ended."
        : $"0x{length:x} bytes at 0x{start:x}: the mapping is from 0x{Start:x} to 0x{End:x}.");
}
