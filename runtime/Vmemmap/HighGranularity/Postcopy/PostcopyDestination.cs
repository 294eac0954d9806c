using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <summary>
/// The machine that a guest comes to: a file of huge pages, all there and without the guest's bytes, and one mapping of it in the address
/// space of the
/// VMM, whose minor faults are the VMM's. Bytes that arrive are written to the file itself, which no vCPU sees until its pages are mapped.
/// </summary>
/// <remarks>The first CPU runs the thread that maps what has arrived, the second one the thread that reads faults, the others a vCPU
/// each.</remarks>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How vmemmap is optimized.</typeparam>
internal sealed class PostcopyDestination<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private const int OtherCpus = 2;

    private readonly HugetlbPool<TArch, TLayout> _pool;
    private readonly HugetlbFile<TArch, TLayout> _file;
    private readonly long _freeFrames;

    /// <summary>Builds it.</summary>
    /// <param name="request">The guest; complete.</param>
    /// <param name="fetchBytes">Bytes of a piece.</param>
    /// <exception cref="SimulationRefusedException">There is no such machine.</exception>
    public PostcopyDestination(PostcopyRequest request, ulong fetchBytes)
    {
        _pool = Fill(request);
        Hstate = SimulatedSystem<TArch, TLayout>.HstateOf(request.HugePageBytes);
        long count = (long)(request.MemoryBytes / Hstate.Size);
        Optimized = _pool.OptimizedPages(Hstate);
        NotOptimized = _pool.Explain(Hstate);
        _freeFrames = Machine.Books[FrameUse.Free];
        _file = new HugetlbFile<TArch, TLayout>(_pool, Hstate, count);
        for (long index = 0; index < count; index++)
        {
            Require(_file.TryFill(Handler, index), "The pool has too few pages for the file.");
        }

        Space = AddressSpace<TArch>.TryCreate(Handler, out AddressSpace<TArch>? space)
            ? space
            : throw new InconsistentMachineException("There is no frame for a root table.");
        var options = new HugetlbMappingOptions { Start = Hstate.Size, Pages = count, Userfaults = Userfaults.Missing | Userfaults.Minor };
        Mapping = _file.Map(Handler, Space, options);
        if (fetchBytes < Hstate.Size)
        {
            Require(Mapping.AdviseSplit(Handler).IsDone, "The mapping cannot be mapped in pieces.");
        }
    }

    public Machine<TArch> Machine => _pool.Machine;

    public AddressSpace<TArch> Space { get; }

    public HugetlbMapping<TArch, TLayout> Mapping { get; }

    public Hstate Hstate { get; }

    /// <summary>Huge pages whose vmemmap is optimized.</summary>
    public long Optimized { get; }

    /// <summary>Why they are not; empty if they are.</summary>
    public string NotOptimized { get; }

    /// <summary>Where the thread that maps what has arrived runs.</summary>
    public Cpu<TArch> Handler => Machine.Cpus[0];

    /// <summary>Where the thread that reads faults runs.</summary>
    public Cpu<TArch> Reader => Machine.Cpus[1];

    /// <summary>Where a vCPU runs.</summary>
    public Cpu<TArch> VirtualCpu(int number) => Machine.Cpus[OtherCpus + number];

    /// <summary>The physical address that a byte of the guest has in the file.</summary>
    public ulong PhysicalAddress(ulong offset)
    {
        HugePage<TArch, TLayout> page = _file.PageAt((long)(offset / Hstate.Size))
            ?? throw new InconsistentMachineException($"The file has no page for byte 0x{offset:x} of the guest.");
        return (page.HeadPfn << TArch.PageShift) + (offset & (Hstate.Size - 1));
    }

    /// <summary>The leaves that map the guest, by size, as a walk finds them.</summary>
    /// <exception cref="InconsistentMachineException">One leads to another page than the file's.</exception>
    public IReadOnlyList<LeafCount> Leaves() => GuestLeaves<TArch, TLayout>.Count(this);

    /// <summary>Ends the process and its file.</summary>
    /// <exception cref="InconsistentMachineException">Something is left behind.</exception>
    public void End()
    {
        Mapping.Remove(Handler);
        Space.Exit(Handler);
        for (long index = 0; index < _file.PageCount; index++)
        {
            _file.TryRemove(Handler, index);
        }

        _file.Dispose();
        Require(
            Machine.Books[FrameUse.Free] == _freeFrames && Machine.Books[FrameUse.UserPageTable] == 0 && _pool[Hstate].FreePages == _pool[Hstate].Pages,
            "The guest's process left frames behind.");
    }

    // Memory as for a pool of the guest's size, and for the tables that map it by base pages.
    private static HugetlbPool<TArch, TLayout> Fill(PostcopyRequest request)
    {
        ulong section = SimulatedSystem<TArch, TLayout>.SectionBytes;
        Hstate hstate = SimulatedSystem<TArch, TLayout>.HstateOf(request.HugePageBytes);
        var huge = new HugePageRequest(hstate.Size, (long)(request.MemoryBytes / hstate.Size));
        var machine = new SimulationRequest
        {
            Architecture = request.Architecture,
            MemoryBytes = Up(request.MemoryBytes, section),
            HugePages = [huge],
            Cpus = OtherCpus + request.VirtualCpus,
            BreakBeforeMake = request.BreakBeforeMake,
        };
        HugePageDemand.Check<TArch, TLayout>(machine);
        ulong tables = Up(2 * (request.MemoryBytes >> (TArch.PageShift - 3)), section);
        ulong extra = HugePageDemand.ExtraBytes<TArch>(machine, [hstate]) + tables;
        var system = new SimulatedSystem<TArch, TLayout>(machine, extra);
        if (system.Pool.SetHugePages(hstate, huge.Count) < huge.Count)
        {
            // Some memory is in pieces that are too small.
            system = new SimulatedSystem<TArch, TLayout>(machine, extra + HugePageDemand.ExtraBytesForPieces<TArch>(machine, [hstate]));
            Require(system.Pool.SetHugePages(hstate, huge.Count) == huge.Count, "A machine that was made for the guest has no room for it.");
        }

        return system.Pool;
    }

    private static ulong Up(ulong bytes, ulong multiple) => (bytes + multiple - 1) / multiple * multiple;

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new InconsistentMachineException(message);
        }
    }
}
