namespace Vmemmap.Simulation;

/// <summary>The page allocator over all zones of a machine. Any thread.</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
public sealed class PageAllocator<TArch>
    where TArch : struct, IArchitecture
{
    private readonly Machine<TArch> _machine;
    private long _attempts;

    internal PageAllocator(Machine<TArch> machine) => _machine = machine;

    /// <summary>Says which allocations fail though there is memory; null: none. For tests of what happens then.</summary>
    public Func<AllocationAttempt, bool>? Fail { get; set; }

    /// <summary>Allocations tried so far.</summary>
    public long Attempts => Volatile.Read(ref _attempts);

    /// <summary>Allocates a block of 2^order frames, aligned to its size.</summary>
    /// <param name="cpu">The CPU that asks. It must hold no lock.</param>
    /// <param name="node">The node to try first, or the only one.</param>
    /// <param name="order">log2 of the frames; above MAX_PAGE_ORDER a contiguous range is looked for (alloc_contig_pages).</param>
    /// <param name="purpose">What for.</param>
    /// <param name="thisNode">Whether no other node will do (__GFP_THISNODE).</param>
    /// <param name="pfn">The first frame.</param>
    /// <exception cref="InconsistentMachineException">The CPU holds a lock.</exception>
    public bool TryAllocate(Cpu<TArch> cpu, int node, int order, AllocationPurpose purpose, bool thisNode, out ulong pfn)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        if (cpu.LocksHeld > 0)
        {
            throw new InconsistentMachineException($"CPU {cpu.Number} allocates for {purpose} while it holds a lock.");
        }

        _machine.Raise(MachineEvent.Allocating, cpu);
        var attempt = new AllocationAttempt(Interlocked.Increment(ref _attempts) - 1, purpose, order, node);
        if (Fail is not { } fail || !fail(attempt))
        {
            for (int i = 0; i < (thisNode ? 1 : _machine.Nodes.Count); i++)
            {
                if (TryAllocateOn(cpu, (node + i) % _machine.Nodes.Count, order, purpose, out pfn))
                {
                    return true;
                }
            }
        }

        cpu.Counters.AllocationFailures++;
        pfn = 0;
        return false;
    }

    /// <summary>Frees a single frame that was allocated here, or that boot memory gave (PG_reserved tells).</summary>
    /// <param name="cpu">The CPU that frees.</param>
    /// <param name="pfn">The frame.</param>
    /// <param name="use">What it was used for.</param>
    /// <exception cref="InconsistentMachineException">It is reserved, and its references are not those of its kind.</exception>
    public void FreeFrame(Cpu<TArch> cpu, ulong pfn, FrameUse use)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        StructPage page = cpu.ReadStructPage(pfn);
        if (page.IsReserved)
        {
            BootMemory<TArch>.CheckFree(pfn, in page);
        }

        if (page.IsHwPoisoned)
        {
            // Never to be allocated again (6.12 mm/page_alloc.c, free_pages_prepare).
            _machine.Frames.Freed(pfn);
            _machine.Books.Move(use, FrameUse.Poisoned, 1);
            return;
        }

        Zone zone = _machine.ZoneOf(pfn);
        StructPage free = StructPage.Initialized(zone.Node, (int)zone.Kind, refCount: 0);
        cpu.WriteStructPage(pfn, in free);
        _machine.Memory.Discard(pfn);
        _machine.Frames.Freed(pfn);
        _machine.Books.Move(use, FrameUse.Free, 1);
        zone.Free(pfn, 0);
    }

    /// <summary>Frees a block. Its struct pages are those of free pages already.</summary>
    /// <param name="pfn">The first frame.</param>
    /// <param name="order">log2 of the frames.</param>
    /// <param name="use">What they were used for.</param>
    public void FreeBlock(ulong pfn, int order, FrameUse use)
    {
        _machine.Books.Move(use, FrameUse.Free, 1L << order);
        _machine.ZoneOf(pfn).Free(pfn, order);
    }

    /// <summary>Frees any range of frames of one zone. Their struct pages are those of free pages already.</summary>
    /// <param name="pfn">The first frame.</param>
    /// <param name="count">Frames; with 0 nothing happens.</param>
    /// <param name="use">What they were used for.</param>
    public void FreeRange(ulong pfn, ulong count, FrameUse use)
    {
        if (count > 0)
        {
            _machine.Books.Move(use, FrameUse.Free, (long)count);
            _machine.ZoneOf(pfn).FreeRange(pfn, count);
        }
    }

    /// <summary>Takes exactly these frames, if every one of them is free.</summary>
    /// <param name="pfn">The first frame.</param>
    /// <param name="count">Frames, within one zone.</param>
    /// <param name="use">What they are used for from now on.</param>
    public bool TryTake(ulong pfn, ulong count, FrameUse use)
    {
        if (!_machine.ZoneOf(pfn).TryAllocateRange(pfn, count))
        {
            return false;
        }

        _machine.Books.Move(FrameUse.Free, use, (long)count);
        return true;
    }

    private bool TryAllocateOn(Cpu<TArch> cpu, int node, int order, AllocationPurpose purpose, out ulong pfn)
    {
        // Highest zone first, as the kernel's zonelists; what is not movable never goes to the movable zone.
        ReadOnlySpan<Zone> zones = _machine.Nodes[node].ZonesByPreference;
        foreach (Zone zone in zones)
        {
            if ((zone.Kind == ZoneKind.Movable && purpose is not (AllocationPurpose.HugePage or AllocationPurpose.Other))
                || !zone.TryAllocate(order, out pfn))
            {
                continue;
            }

            _machine.Books.Move(FrameUse.Free, UseOf(purpose), 1L << order);
            if (purpose != AllocationPurpose.HugePage)
            {
                StructPage allocated = StructPage.Initialized(zone.Node, (int)zone.Kind, refCount: 1);
                cpu.FillStructPages(pfn, 1UL << order, in allocated);
            }

            return true;
        }

        pfn = 0;
        return false;
    }

    private static FrameUse UseOf(AllocationPurpose purpose) => purpose switch
    {
        AllocationPurpose.HugePage => FrameUse.HugePage,
        AllocationPurpose.PageTable => FrameUse.PageTable,
        AllocationPurpose.VmemmapHead or AllocationPurpose.VmemmapRestore => FrameUse.Vmemmap,
        AllocationPurpose.SharedTail => FrameUse.SharedTail,
        AllocationPurpose.UserPageTable => FrameUse.UserPageTable,
        _ => FrameUse.Other,
    };
}
