using System.Diagnostics.CodeAnalysis;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <summary>
/// A file of huge pages (hugetlbfs, memfd with MFD_HUGETLB): its page cache, and the mappings of it in any number of address spaces.
/// </summary>
/// <remarks>
/// Any thread, each with a CPU of its own. Locks, in this order: mmap_lock of an address space
/// (of two, first that whose root table is at the lower address), the fault mutex of a huge page, i_mmap_rwsem
/// (to read for walks and for what is added to an empty place, to write for what takes something away), page-table locks.
/// </remarks>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How vmemmap is optimized.</typeparam>
public sealed partial class HugetlbFile<TArch, TLayout> : IDisposable
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    // num_fault_mutexes is 8 for each possible CPU; the number only says how often two huge pages share one.
    private const int FaultMutexes = 64;

    private readonly KernelLock[] _faultMutexes =
        [.. Enumerable.Range(0, FaultMutexes).Select(_ => new KernelLock("hugetlb_fault_mutex", sleeps: true))];

    // The kernel's xarray has a lock of its own, which is not counted.
    private readonly Lock _cacheLock = new();
    private readonly Dictionary<long, HugePage<TArch, TLayout>> _cache = [];
    private readonly List<HugetlbMapping<TArch, TLayout>> _mappings = [];

    /// <summary>Makes a file without pages.</summary>
    /// <param name="pool">Where its pages come from.</param>
    /// <param name="hstate">Their size.</param>
    /// <param name="pageCount">Huge pages that it is long.</param>
    /// <param name="mapCountRule">How mappings are counted.</param>
    /// <exception cref="ArgumentException">The pool has no such size.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The file has no page, or there is no such rule.</exception>
    public HugetlbFile(HugetlbPool<TArch, TLayout> pool, Hstate hstate, long pageCount, MapCountRule mapCountRule = MapCountRule.HugePage)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentOutOfRangeException.ThrowIfLessThan(pageCount, 1);
        if (mapCountRule is not (MapCountRule.HugePage or MapCountRule.SubPage))
        {
            throw new ArgumentOutOfRangeException(nameof(mapCountRule), mapCountRule, "Mappings are counted by huge page or by base page.");
        }

        Pool = pool;
        Hstate = pool[hstate].Hstate;
        PieceSizes = [.. MappingSizes<TArch>.All.ToArray().Select(size => size.Bytes).Where(bytes => bytes <= Hstate.Size)];
        PageCount = pageCount;
        MapCountRule = mapCountRule;
    }

    /// <summary>Where its pages come from.</summary>
    public HugetlbPool<TArch, TLayout> Pool { get; }

    /// <summary>The size of its pages.</summary>
    public Hstate Hstate { get; }

    /// <summary>Huge pages that it is long.</summary>
    public long PageCount { get; }

    /// <summary>
    /// Bytes of the pieces that a page of it can be mapped in, largest first: every huge page size of the architecture up to its own, contiguous groups
    /// included, and the base page.
    /// </summary>
    public IReadOnlyList<ulong> PieceSizes { get; }

    /// <summary>How mappings of its pages are counted.</summary>
    public MapCountRule MapCountRule { get; }

    /// <summary>The lock of its mappings (i_mmap_rwsem).</summary>
    public KernelSemaphore MappingsLock { get; } = new("i_mmap_rwsem");

    /// <summary>All mappings of it; a copy.</summary>
    public IReadOnlyList<HugetlbMapping<TArch, TLayout>> Mappings
    {
        get
        {
            lock (_cacheLock)
            {
                return [.. _mappings];
            }
        }
    }

    internal Machine<TArch> Machine => Pool.Machine;

    /// <summary>The huge page at a place of the file, if it has one there.</summary>
    /// <param name="index">Which huge page of the file.</param>
    public HugePage<TArch, TLayout>? PageAt(long index)
    {
        lock (_cacheLock)
        {
            return _cache.GetValueOrDefault(index);
        }
    }

    /// <summary>Gives the file a huge page where it has none (fallocate, or a write through a mapping whose faults are not its user's).</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="index">Which huge page of the file.</param>
    /// <param name="node">The node to take it from first.</param>
    /// <returns>False if the pool has none.</returns>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The file is not so long.</exception>
    public bool TryFill(Cpu<TArch> cpu, long index, int node = 0)
    {
        Machine.RequireOwn(cpu);
        CheckIndex(index);
        using KernelLock.Scope<TArch> held = FaultMutexOf(index).Hold(cpu);
        return TryFillUnderMutex(cpu, index, node);
    }

    /// <summary>
    /// Takes a huge page away from the file (punching a hole, or truncating): it is unmapped everywhere, tables too, and freed when nobody has a
    /// reference to it.
    /// </summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="index">Which huge page of the file.</param>
    /// <returns>False if the file has none there.</returns>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The file is not so long.</exception>
    public bool TryRemove(Cpu<TArch> cpu, long index)
    {
        Machine.RequireOwn(cpu);
        CheckIndex(index);
        using KernelLock.Scope<TArch> held = FaultMutexOf(index).Hold(cpu);
        HugePage<TArch, TLayout>? page;

        // One step for all who walk: whoever finds the page in the file before it is unmapped could add a table for it after that.
        using (MappingsLock.HoldToWrite(cpu))
        {
            foreach (HugetlbMapping<TArch, TLayout> mapping in Mappings)
            {
                if (mapping.IsShared && mapping.TryAddressOf(index, out ulong address))
                {
                    mapping.UnmapPage(cpu, address);
                }
            }

            lock (_cacheLock)
            {
                _cache.Remove(index, out page);
            }
        }

        if (page is not null)
        {
            Pool.Free(page, cpu);
        }

        return page is not null;
    }

    /// <summary>Maps a part of it into an address space (mmap).</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="space">The address space.</param>
    /// <param name="options">The mapping.</param>
    /// <exception cref="ArgumentException">The file, or the address space, has no room for it; or the address space, or the CPU, is another machine's.</exception>
    public HugetlbMapping<TArch, TLayout> Map(Cpu<TArch> cpu, AddressSpace<TArch> space, HugetlbMappingOptions options)
    {
        Machine.RequireOwn(cpu);
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(options);
        Check(space, options);
        using KernelSemaphore.Scope held = space.MmapLock.HoldToWrite(cpu);
        return Add(cpu, space, options);
    }

    /// <summary>Ends the file (the last reference to its inode): its pages go back to the pool, by CPU 0, but for those that somebody has pinned.</summary>
    /// <exception cref="InvalidOperationException">A mapping of it is left, or a migration is under way: then nothing has changed.</exception>
    public void Dispose()
    {
        HugePage<TArch, TLayout>[] pages;
        lock (_cacheLock)
        {
            if (_mappings.Count + _migrating.Count > 0)
            {
                throw new InvalidOperationException(
                    $"{_mappings.Count} mappings of the file are left, and {_migrating.Count} migrations: remove and finish them first.");
            }

            pages = [.. _cache.Values];
            _cache.Clear();
        }

        foreach (HugePage<TArch, TLayout> page in pages)
        {
            Pool.Free(page);
        }

        MappingsLock.Dispose();
    }

    /// <summary>Adds a mapping; the address space's lock is held to write.</summary>
    internal HugetlbMapping<TArch, TLayout> Add(Cpu<TArch> cpu, AddressSpace<TArch> space, HugetlbMappingOptions options)
    {
        ulong end = options.Start + ((ulong)options.Pages * Hstate.Size);
        if (space.HasMappings(options.Start, end))
        {
            throw new ArgumentException($"Addresses from 0x{options.Start:x} to 0x{end:x} are mapped already, in part or in whole.", nameof(options));
        }

        var mapping = new HugetlbMapping<TArch, TLayout>(this, space, options);
        using KernelSemaphore.Scope held = MappingsLock.HoldToWrite(cpu);
        space.Ranges.Add(options.Start, end);
        lock (_cacheLock)
        {
            _mappings.Add(mapping);
        }

        return mapping;
    }

    /// <summary>Forgets a mapping; <see cref="MappingsLock"/> is held to write.</summary>
    internal void Forget(HugetlbMapping<TArch, TLayout> mapping)
    {
        MappingsLock.RequireHeld(toWrite: true);
        mapping.Space.Ranges.Remove(mapping.Start);
        lock (_cacheLock)
        {
            _mappings.Remove(mapping);
        }
    }

    /// <summary>The mutex under which faults of a huge page are handled, one at a time.</summary>
    internal KernelLock FaultMutexOf(long index) => _faultMutexes[(int)((ulong)index % FaultMutexes)];

    internal bool TryFillUnderMutex(Cpu<TArch> cpu, long index, int node)
    {
        if (PageAt(index) is not null)
        {
            return true;
        }

        if (Pool.TryAllocate(Hstate, node, cpu: cpu) is not { } page)
        {
            return false;
        }

        SetPage(index, page);
        return true;
    }

    internal void SetPage(long index, HugePage<TArch, TLayout> page)
    {
        lock (_cacheLock)
        {
            _cache[index] = page;
        }
    }

    private void CheckIndex(long index)
    {
        if (index < 0 || index >= PageCount)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The file has pages 0 to {PageCount - 1}.");
        }
    }

    private void Check(AddressSpace<TArch> space, HugetlbMappingOptions options)
    {
        if (!ReferenceEquals(space.Machine, Machine))
        {
            throw new ArgumentException("The address space is another machine's than the file.", nameof(space));
        }

        ulong size = Hstate.Size;
        if (options.Pages < 1 || options.FirstPage < 0 || options.Pages > PageCount - options.FirstPage)
        {
            throw new ArgumentException($"Pages {options.FirstPage} and on, {options.Pages} of them: the file has {PageCount}.", nameof(options));
        }

        if (options.Start % size != 0
            || options.Start >= AddressSpace<TArch>.End
            || (ulong)options.Pages > (AddressSpace<TArch>.End - options.Start) / size)
        {
            throw new ArgumentException(
                $"{options.Pages} pages of {Hstate.Name} at 0x{options.Start:x}: they begin at a multiple of their size and end by 0x{AddressSpace<TArch>.End:x}.",
                nameof(options));
        }
    }
}
