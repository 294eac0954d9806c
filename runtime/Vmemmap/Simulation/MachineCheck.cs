namespace Vmemmap.Simulation;

/// <summary>What a machine may be, checked before it is built.</summary>
internal static class MachineCheck
{
    /// <summary>Bytes of the largest struct page.</summary>
    public const int LargestStructPage = 1024;

    private const int SmallestStructPage = 56;
    private const int MostCpus = 1024;
    private const int MostNodes = 1 << PageFlags.NodeBits;

    /// <summary>Checks the options.</summary>
    /// <returns>Frames from physical address 0 to the end of the machine, memory that can be plugged in included.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, or the architecture cannot address that much memory.</exception>
    public static ulong FrameCount<TArch>(MachineOptions options)
        where TArch : struct, IArchitecture
    {
        Require(options.Cpus is >= 1 and <= MostCpus, $"{options.Cpus} CPUs: a machine has from 1 to {MostCpus}.");
        Require(
            options.StructPageSize is >= SmallestStructPage and <= LargestStructPage && options.StructPageSize % sizeof(ulong) == 0,
            $"A struct page of {options.StructPageSize} bytes: it is a multiple of 8 from {SmallestStructPage} to {LargestStructPage}.");
        Require(options.Memory.Count > 0, "The machine has no memory.");
        ulong section = 1UL << SectionTable.ShiftOf(TArch.PageShift);
        ulong limit = Limit<TArch>(options.StructPageSize);
        ulong end = options.HotplugLimit;
        Require(end % section == 0 && end <= limit, $"Memory that can be plugged in ends at {SizeText.Of(end)}: {TArch.Name} takes multiples of {SizeText.Of(section)} up to {SizeText.Of(limit)}.");
        foreach (NodeMemory memory in options.Memory)
        {
            Require(memory.Node is >= 0 and < MostNodes, $"Node {memory.Node}: nodes are numbered from 0 to {MostNodes - 1}.");
            Require(
                memory.Bytes > 0 && memory.Bytes % section == 0 && memory.Start % section == 0,
                $"{SizeText.Of(memory.Bytes)} of memory at 0x{memory.Start:x}: {TArch.Name} has sections of {SizeText.Of(section)}, and memory is whole sections.");
            Require(
                memory.Start <= limit && memory.Bytes <= limit - memory.Start,
                $"{SizeText.Of(memory.Bytes)} of memory at 0x{memory.Start:x}: {TArch.Name} can address, and have struct pages for, {SizeText.Of(limit)}.");
            end = Math.Max(end, memory.Start + memory.Bytes);
        }

        ulong simulated = SparseMemory.FrameLimit << TArch.PageShift;
        Require(end <= simulated, $"A machine that ends at {SizeText.Of(end)}: {SizeText.Of(simulated)} of {TArch.Name} can be simulated.");
        RequireNoOverlap(options.Memory);
        Require(
            options.VmemmapMapping != VmemmapMapping.Blocks || MapsByBlocks<TArch>(options.StructPageSize),
            $"{TArch.Name} cannot map vmemmap by blocks: the struct pages of a section ({options.StructPageSize} bytes each) fill no whole block.");
        return end >> TArch.PageShift;
    }

    /// <summary>Whether the struct pages of a section fill whole blocks of the last level but one.</summary>
    public static bool MapsByBlocks<TArch>(int structPageSize)
        where TArch : struct, IArchitecture
    {
        ulong bytes = (1UL << (SectionTable.ShiftOf(TArch.PageShift) - TArch.PageShift)) * (ulong)structPageSize;
        int level = TArch.LevelCount - 2;
        return level >= 0 && TArch.Levels[level].Leaf == LeafUse.Block && bytes % TArch.Levels[level].Reach == 0;
    }

    /// <summary>Bytes of memory that an architecture can have: what an entry can express, or what the window of vmemmap has struct pages for if that is less.</summary>
    public static ulong Limit<TArch>(int structPageSize)
        where TArch : struct, IArchitecture
    {
        ulong window = VmemmapRegion.FrameLimit(TArch.PageShift, Machine<TArch>.KernelAddressBits, structPageSize) << TArch.PageShift;
        ulong section = 1UL << SectionTable.ShiftOf(TArch.PageShift);
        return Math.Min(1UL << TArch.PhysicalAddressBits, window) & ~(section - 1);
    }

    private static void RequireNoOverlap(IReadOnlyList<NodeMemory> memory)
    {
        NodeMemory[] ordered = [.. memory.OrderBy(range => range.Start)];
        for (int i = 1; i < ordered.Length; i++)
        {
            Require(
                ordered[i - 1].Start + ordered[i - 1].Bytes <= ordered[i].Start,
                $"The memory of node {ordered[i - 1].Node} at 0x{ordered[i - 1].Start:x} and of node {ordered[i].Node} at 0x{ordered[i].Start:x} overlap.");
        }
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new ArgumentException(message, "options");
        }
    }
}
