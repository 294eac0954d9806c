using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>A machine that was asked for, its vmemmap and its pool.</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How vmemmap is optimized.</typeparam>
internal sealed class SimulatedSystem<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    /// <summary>What the simulation has memory for: 2^29 frames are 2T of 4K pages. Above, the tables of the simulation itself would be too large.</summary>
    public const ulong MostFrames = 1UL << 29;

    /// <summary>Struct pages of another size than the usual one are kept byte for byte once they are written, which restoring does to all of them.</summary>
    private const ulong MostBytesOfUnusualStructPages = 1UL << 32;

    private const int MostNodes = 64;

    /// <summary>Builds it.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="extraBytes">Memory on top of what was asked for.</param>
    /// <exception cref="SimulationRefusedException">The architecture cannot have that machine, or the simulation cannot hold it.</exception>
    public SimulatedSystem(SimulationRequest request, ulong extraBytes = 0)
    {
        MachineOptions options = Options(request, extraBytes);
        try
        {
            Machine = new Machine<TArch>(options);
        }
        catch (ArgumentException exception)
        {
            // The machine says which value and which limit; the name of a parameter of its is nothing to a user.
            throw new SimulationRefusedException(exception.Message.Split(" (Parameter", 2)[0], exception);
        }

        Vmemmap = new VmemmapRemapper<TArch>(Machine);
        Pool = new HugetlbPool<TArch, TLayout>(
            Vmemmap, new HugetlbOptions { OptimizeVmemmap = request.OptimizeVmemmap, Batched = request.Batched });
        if (request.FailureProbability > 0)
        {
            Machine.PageAllocator.Fail = new InjectedFailures(request.FailureProbability, request.Seed).Fails;
        }
    }

    /// <summary>Bytes of a section: memory is whole sections.</summary>
    public static ulong SectionBytes => 1UL << SectionTable.ShiftOf(TArch.PageShift);

    public Machine<TArch> Machine { get; }

    public VmemmapRemapper<TArch> Vmemmap { get; }

    public HugetlbPool<TArch, TLayout> Pool { get; }

    /// <summary>The huge page size of a number of bytes.</summary>
    /// <exception cref="SimulationRefusedException">The architecture has no such size.</exception>
    public static Hstate HstateOf(ulong bytes)
    {
        foreach (Hstate hstate in TArch.Hstates)
        {
            if (hstate.Size == bytes)
            {
                return hstate;
            }
        }

        throw new SimulationRefusedException(
            $"{TArch.Name} has no huge pages of {SizeText.Of(bytes)}; it has {string.Join(", ", TArch.Hstates.ToArray().Select(hstate => hstate.Name))}.");
    }

    private static MachineOptions Options(SimulationRequest request, ulong extraBytes)
    {
        ulong memory = request.MemoryBytes;
        if (memory == 0 || memory % SectionBytes != 0)
        {
            throw new SimulationRefusedException(
                $"{SizeText.Of(memory)} of memory: {TArch.Name} has sections of {SizeText.Of(SectionBytes)}, and memory is one or more whole sections.");
        }

        if (memory >> TArch.PageShift > MostFrames)
        {
            ulong addressable = MachineCheck.Limit<TArch>(request.StructPageSize);
            throw new SimulationRefusedException(memory > addressable
                ? $"{SizeText.Of(memory)} of memory: {TArch.Name} can address, and have struct pages for, {SizeText.Of(addressable)}."
                : $"{SizeText.Of(memory)} of memory: of {TArch.Name} machines {SizeText.Of(MostFrames << TArch.PageShift)} can be simulated.");
        }

        // Any other size of struct pages is refused by the machine, with its limits.
        if (request.StructPageSize <= MachineCheck.LargestStructPage)
        {
            RequireRoom(request, extraBytes);
        }

        ulong sections = (memory + extraBytes) / SectionBytes;
        if (request.Nodes < 1 || request.Nodes > MostNodes || (ulong)request.Nodes > memory / SectionBytes)
        {
            throw new SimulationRefusedException(
                $"{request.Nodes} nodes: {SizeText.Of(memory)} can be 1 to {Math.Min(MostNodes, memory / SectionBytes)}, each of one or more sections of {SizeText.Of(SectionBytes)}.");
        }

        return new MachineOptions
        {
            Memory = [.. Split(sections, request.Nodes)],
            Cpus = request.Cpus,
            StructPageSize = request.StructPageSize,
            VmemmapMapping = request.VmemmapMapping == VmemmapMapping.Default && TLayout.NeedsBasePages ? VmemmapMapping.BasePages : request.VmemmapMapping,
            BreakBeforeMake = request.BreakBeforeMake,
        };
    }

    // What is on top was not asked for: a message names what was.
    private static void RequireRoom(SimulationRequest request, ulong extraBytes)
    {
        ulong memory = request.MemoryBytes;
        ulong all = memory + extraBytes;
        string onTop = extraBytes == 0 ? string.Empty : $", and {SizeText.Of(extraBytes)} on top for the kernel itself";
        ulong addressable = MachineCheck.Limit<TArch>(request.StructPageSize);
        if (memory <= addressable && all > addressable)
        {
            throw new SimulationRefusedException(
                $"{SizeText.Of(memory)} of memory{onTop}, for which the huge pages leave no room: {TArch.Name} can address, and have struct pages for, {SizeText.Of(addressable)}.");
        }

        ulong most = (MostBytesOfUnusualStructPages / (ulong)request.StructPageSize) << TArch.PageShift;
        if (request.StructPageSize != StructPage.Size && all > most)
        {
            throw new SimulationRefusedException(
                $"{SizeText.Of(memory)} of memory{onTop}: with struct pages of {request.StructPageSize} bytes, and not of {StructPage.Size}, {SizeText.Of(most & ~(SectionBytes - 1))} in all can be simulated.");
        }
    }

    // As equal as whole sections allow; the first nodes have one more.
    private static IEnumerable<NodeMemory> Split(ulong sections, int nodes)
    {
        ulong start = 0;
        for (int node = 0; node < nodes; node++)
        {
            ulong own = (sections / (ulong)nodes) + ((ulong)node < sections % (ulong)nodes ? 1UL : 0);
            yield return new NodeMemory(node, start * SectionBytes, own * SectionBytes);
            start += own;
        }
    }
}
