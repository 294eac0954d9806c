namespace Vmemmap.Simulation;

/// <summary>
/// A machine: sparse physical memory with nodes, zones and boot memory, CPUs with TLBs, and a kernel's page tables over vmemmap. What
/// no correct kernel does on it is reported in <see cref="Violations"/>.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
public sealed class Machine<TArch>
    where TArch : struct, IArchitecture
{
    private const int ZoneKinds = 3;
    private const ulong Dma32Limit = 1UL << 32;

    private readonly Lock _stopLock = new();
    private readonly Zone[] _zones;
    private IReadOnlyList<BootHugePage>? _unclaimed;

    /// <summary>Builds and boots a machine.</summary>
    /// <param name="options">The machine.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or the architecture cannot address that much memory.</exception>
    public Machine(MachineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        ulong frames = MachineCheck.FrameCount<TArch>(options);
        Vmemmap = new VmemmapRegion(TArch.PageShift, KernelAddressBits, options.StructPageSize, frames);
        Memory = new SparseMemory(TArch.PageShift, frames);
        Frames = new FrameTable(frames);
        Sections = new SectionTable(TArch.PageShift, frames);
        int nodes = options.Memory.Max(memory => memory.Node) + 1;
        int maxOrder = MaxOrder;
        _zones = [.. Enumerable.Range(0, nodes * ZoneKinds).Select(i => new Zone(i / ZoneKinds, (ZoneKind)(i % ZoneKinds), frames, maxOrder))];
        Nodes = [.. Enumerable.Range(0, nodes).Select(node => new Node(node, _zones[(node * ZoneKinds)..((node + 1) * ZoneKinds)]))];
        BreakBeforeMake = options.BreakBeforeMake;
        PageAllocator = new PageAllocator<TArch>(this);
        Rcu = new Rcu<TArch>(this);
        BootMemory = new BootMemory<TArch>(this, options.Memory);
        BootHugePages = BootMemory.TakeHugePages(options.BootReservations);
        PageTables = new KernelPageTables<TArch>(this, BootMemory.Take(options.Memory[0].Node, 1, 1) << TArch.PageShift);
        CpuArray = [.. Enumerable.Range(0, options.Cpus).Select(number => new Cpu<TArch>(this, number))];
        new Boot<TArch>(this, BootHugePages).Run();
        Hotplug = new MemoryHotplug<TArch>(this);
        _unclaimed = BootHugePages;
    }

    /// <summary>What the machine was made of.</summary>
    public MachineOptions Options { get; }

    /// <summary>Physical memory.</summary>
    public SparseMemory Memory { get; }

    /// <summary>Where vmemmap is.</summary>
    public VmemmapRegion Vmemmap { get; }

    /// <summary>The kernel's page tables over vmemmap.</summary>
    public KernelPageTables<TArch> PageTables { get; }

    /// <summary>The sections of memory.</summary>
    public SectionTable Sections { get; }

    /// <summary>The NUMA nodes.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>The CPUs.</summary>
    public IReadOnlyList<Cpu<TArch>> Cpus => CpuArray;

    /// <summary>The page allocator.</summary>
    public PageAllocator<TArch> PageAllocator { get; }

    /// <summary>The memory the kernel used before it had a page allocator.</summary>
    public BootMemory<TArch> BootMemory { get; }

    /// <summary>Huge pages that boot memory set aside; their struct pages are not initialised yet.</summary>
    public IReadOnlyList<BootHugePage> BootHugePages { get; }

    /// <summary>Memory that comes and goes.</summary>
    public MemoryHotplug<TArch> Hotplug { get; }

    /// <summary>Read-copy-update.</summary>
    public Rcu<TArch> Rcu { get; }

    /// <summary>How many frames are used for what.</summary>
    public FrameBooks Books { get; } = new();

    /// <summary>What no correct kernel does, and this one did.</summary>
    public ViolationLog Violations { get; } = new();

    /// <summary>What is done where live entries must be broken before they are made again.</summary>
    public BreakBeforeMakePolicy BreakBeforeMake { get; }

    /// <summary>
    /// Called at every <see cref="MachineEvent"/> with the CPU it happens on; may look at the machine, and drive its other CPUs. Returns
    /// whether it moved anything on. For one thread only.
    /// </summary>
    public Func<MachineEvent, Cpu<TArch>, bool>? Observer { get; set; }

    /// <summary>MAX_PAGE_ORDER: 10, or the order of a block of the last level but one where that is more (arm64 Kconfig
    /// ARCH_FORCE_MAX_ORDER: 11 with 16K pages, 13 with 64K).</summary>
    public static int MaxOrder => Math.Max(10, TArch.LevelIndexBits(TArch.LevelCount - 1));

    /// <summary>Whether the kernel mapped vmemmap by blocks when it booted.</summary>
    public bool MapsVmemmapByBlocks => Options.VmemmapMapping switch
    {
        VmemmapMapping.BasePages => false,
        VmemmapMapping.Blocks => true,
        _ => TArch.MapsVmemmapByBlocks && MachineCheck.MapsByBlocks<TArch>(Vmemmap.StructPageSize),
    };

    internal static int KernelAddressBits =>
        TArch.Canonical == CanonicalRule.UpperHalf ? TArch.VirtualAddressBits : TArch.VirtualAddressBits - 1;

    /// <summary>The CPUs, for paths that run for each folio.</summary>
    internal Cpu<TArch>[] CpuArray { get; }

    /// <summary>Single frames: when they were freed, and who may write to them.</summary>
    internal FrameTable Frames { get; }

    /// <summary>
    /// Locks of processes' page tables, by the table's frame: a table that several processes share has one lock. Two tables that have the same one never
    /// wait for each other under it.
    /// </summary>
    internal KernelLock[] UserTableLocks { get; } = [.. Enumerable.Range(0, 512).Select(_ => new KernelLock("ptl"))];

    /// <summary>Whether other CPUs are made to flush by interrupts. arm64 (TLBI, inner shareable) and s390x (IDTE) broadcast flushes in
    /// hardware; they are also the ones that need break-before-make.</summary>
    internal bool FlushesByInterrupt => !TArch.RequiresBreakBeforeMake;

    /// <summary>Stops a CPU that is another machine's: it would read, count and flush there.</summary>
    /// <exception cref="ArgumentException">It is.</exception>
    internal void RequireOwn(Cpu<TArch> cpu)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        if (!ReferenceEquals(cpu.Machine, this))
        {
            throw new ArgumentException($"CPU {cpu.Number} is another machine's: pass one of the machine that this belongs to.", nameof(cpu));
        }
    }

    /// <summary>The zone of a frame.</summary>
    /// <param name="pfn">The frame; its section is neither absent nor a device's.</param>
    public Zone ZoneOf(ulong pfn)
    {
        Section section = Sections.Of(pfn);
        return section.State is SectionState.Absent or SectionState.Device
            ? throw new InconsistentMachineException($"Frame 0x{pfn:x} is in no zone of the page allocator: its section is {section.State}.")
            : _zones[(section.Node * ZoneKinds) + (int)section.Zone];
    }

    /// <summary>What all CPUs have done.</summary>
    public OperationCounters Count()
    {
        var sum = default(OperationCounters);
        foreach (Cpu<TArch> cpu in CpuArray)
        {
            sum.Add(in cpu.Counters);
        }

        return sum;
    }

    /// <summary>Free blocks by order over all zones.</summary>
    public long[] FreeByOrder()
    {
        long[] sum = new long[MaxOrder + 1];
        foreach (Zone zone in _zones)
        {
            long[] blocks = zone.FreeByOrder();
            for (int order = 0; order < sum.Length; order++)
            {
                sum[order] += blocks[order];
            }
        }

        return sum;
    }

    /// <summary>Gives the huge pages that boot memory set aside to the pool that asks first.</summary>
    internal IReadOnlyList<BootHugePage> ClaimBootHugePages() => Interlocked.Exchange(ref _unclaimed, null) ?? [];

    internal bool Raise(MachineEvent machineEvent, Cpu<TArch> cpu) => Observer is { } observer && observer(machineEvent, cpu);

    internal static ZoneKind ZoneKindOf(ulong pfn) => pfn << TArch.PageShift < Dma32Limit ? ZoneKind.Dma32 : ZoneKind.Normal;

    internal void StopOthers(Cpu<TArch> cpu)
    {
        // One at a time, and in order: two CPUs that stop each other would wait for ever.
        _stopLock.Enter();
        if (BreakBeforeMake == BreakBeforeMakePolicy.StopMachine)
        {
            cpu.Counters.MachineStops++;
        }
        else
        {
            cpu.Counters.CpuPauses += CpuArray.Length - 1;
        }

        foreach (Cpu<TArch> other in CpuArray)
        {
            if (other != cpu)
            {
                other.Stop();
            }
        }
    }

    internal void ContinueOthers(Cpu<TArch> cpu)
    {
        foreach (Cpu<TArch> other in CpuArray)
        {
            if (other != cpu)
            {
                other.Continue();
            }
        }

        _stopLock.Exit();
    }
}
