using System.Diagnostics.CodeAnalysis;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <summary>
/// A process's address space (struct mm_struct): page tables in the machine's memory, what CPUs have cached of them, and the mappings of
/// huge pages in it.
/// </summary>
/// <remarks>
/// Any thread, each with a CPU of its own. Addresses are those of the lower half, from 0 on: on arm64 the tree of TTBR0, which has the
/// format of the kernel's.
/// </remarks>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
public sealed class AddressSpace<TArch> : IDisposable
    where TArch : struct, IArchitecture
{
    private readonly UserTlb<TArch>?[] _tlbs;
    private long _hugetlbPages;
    private bool _hasEnded;

    private AddressSpace(Machine<TArch> machine, int node, ulong root)
    {
        Machine = machine;
        Root = root << TArch.PageShift;
        _tlbs = new UserTlb<TArch>?[machine.Cpus.Count];
        Tables = new UserPageTables<TArch>(this, node);
    }

    /// <summary>Where addresses end: the first one that no process can have.</summary>
    public static ulong End => 1UL << Machine<TArch>.KernelAddressBits;

    /// <summary>The machine.</summary>
    public Machine<TArch> Machine { get; }

    /// <summary>Physical address of the root table.</summary>
    public ulong Root { get; }

    /// <summary>The lock of the mappings (mmap_lock).</summary>
    public KernelSemaphore MmapLock { get; } = new("mmap_lock");

    /// <summary>Base pages of huge pages that are mapped (hugetlb_usage): what is mapped is counted, not whole huge pages.</summary>
    public long HugetlbPages => Volatile.Read(ref _hugetlbPages);

    /// <summary>
    /// Page tables that it has, the root included. One that it shares with others counts in each of them (mm_inc_nr_pmds of huge_pmd_share); the
    /// machine's books have its frame once.
    /// </summary>
    public long PageTables => Tables.Count;

    /// <summary>The tables, entry by entry.</summary>
    internal UserPageTables<TArch> Tables { get; }

    /// <summary>The mappings in it, by their first address; changed under <see cref="MmapLock"/> to write.</summary>
    internal SortedList<ulong, ulong> Ranges { get; } = [];

    /// <summary>Makes an address space.</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="space">The address space.</param>
    /// <param name="node">The node that its page tables come from first.</param>
    /// <returns>False if there is no frame for its root table.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The machine has no such node.</exception>
    public static bool TryCreate(Cpu<TArch> cpu, [NotNullWhen(true)] out AddressSpace<TArch>? space, int node = 0)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)node, (uint)cpu.Machine.Nodes.Count, nameof(node));
        space = UserPageTables<TArch>.TryTakeFrame(cpu, node, out ulong root) ? new AddressSpace<TArch>(cpu.Machine, node, root) : null;
        return space is not null;
    }

    /// <summary>Reads or writes an address as the hardware does it: through what the CPU has cached, or by a walk.</summary>
    /// <param name="cpu">The CPU.</param>
    /// <param name="address">Virtual address.</param>
    /// <param name="write">Whether it is to be written.</param>
    /// <param name="physicalAddress">Physical address; 0 where nothing is mapped.</param>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    public UserAccess Access(Cpu<TArch> cpu, ulong address, bool write, out ulong physicalAddress)
    {
        Machine.RequireOwn(cpu);
        return TlbOf(cpu.Number).Access(this, address, write, out physicalAddress);
    }

    /// <summary>Translates an address by its page tables, whatever CPUs have cached.</summary>
    /// <param name="address">Virtual address; from <see cref="End"/> on none is a process's.</param>
    /// <param name="translation">The translation, or where the walk ended.</param>
    public bool TryWalk(ulong address, out Translation translation)
    {
        SparseMemoryView view = Machine.Memory.View;
        return TArch.TryTranslate(in view, Root, AsWalked(address), out translation);
    }

    /// <summary>What a CPU has cached; a copy, for a checker.</summary>
    /// <param name="cpu">The CPU.</param>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    public IReadOnlyList<(ulong Address, UserTlbEntry Entry)> PeekTlb(Cpu<TArch> cpu)
    {
        Machine.RequireOwn(cpu);
        return Volatile.Read(ref _tlbs[cpu.Number])?.Snapshot() ?? [];
    }

    /// <summary>Ends it: its tables are freed. Nothing may be mapped in it any more, and nobody may use it.</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    /// <exception cref="InvalidOperationException">Something is mapped, or it has ended already.</exception>
    public void Exit(Cpu<TArch> cpu)
    {
        Machine.RequireOwn(cpu);
        RequireEmpty();
        if (_hasEnded)
        {
            throw new InvalidOperationException("The address space has ended already.");
        }

        _hasEnded = true;
        Tables.FreeAll(cpu);
        Dispose();
    }

    /// <summary>Gives up the lock. Frames of its page tables stay in use: only <see cref="Exit"/> frees them.</summary>
    /// <exception cref="InvalidOperationException">Something is mapped.</exception>
    public void Dispose()
    {
        RequireEmpty();
        MmapLock.Dispose();
    }

    /// <summary>Has every CPU forget a range (flush_tlb_range): those that have run the process are asked.</summary>
    internal void Flush(Cpu<TArch> cpu, ulong start, ulong end)
    {
        cpu.Counters.TlbFlushes++;

        // What was written before is seen by a CPU that begins to use the address space now, and is not asked (switch_mm).
        Interlocked.MemoryBarrier();
        for (int number = 0; number < _tlbs.Length; number++)
        {
            if (Volatile.Read(ref _tlbs[number]) is { } tlb)
            {
                tlb.Flush(start, end);
                cpu.Counters.Ipis += Machine.FlushesByInterrupt && number != cpu.Number ? 1 : 0;
            }
        }

        Machine.Raise(MachineEvent.Flushed, cpu);
    }

    /// <summary>Whether a mapping reaches into a range; <see cref="MmapLock"/> is held.</summary>
    internal bool HasMappings(ulong start, ulong end)
    {
        foreach ((ulong first, ulong behind) in Ranges)
        {
            if (first < end && behind > start)
            {
                return true;
            }
        }

        return false;
    }

    internal bool HasCached(ulong start, ulong end)
    {
        foreach (ref UserTlb<TArch>? place in _tlbs.AsSpan())
        {
            if (Volatile.Read(ref place) is { } tlb && tlb.HasCached(start, end))
            {
                return true;
            }
        }

        return false;
    }

    internal void AddHugetlbPages(long pages) => Interlocked.Add(ref _hugetlbPages, pages);

    // Where the generated walker knows only the kernel's half: bits above the index bits choose between two roots of one format. The
    // end of the lower half is in none of the two.
    internal static ulong AsWalked(ulong address) => address >= End ? End
        : TArch.Canonical == CanonicalRule.UpperHalf ? address | (ulong.MaxValue << TArch.VirtualAddressBits) : address;

    private void RequireEmpty()
    {
        if (Ranges.Count > 0)
        {
            throw new InvalidOperationException($"{Ranges.Count} mappings are left in the address space: unmap them first.");
        }
    }

    private UserTlb<TArch> TlbOf(int cpu)
    {
        if (Volatile.Read(ref _tlbs[cpu]) is { } tlb)
        {
            return tlb;
        }

        Interlocked.CompareExchange(ref _tlbs[cpu], new UserTlb<TArch>(), null);
        return _tlbs[cpu]!;
    }
}
