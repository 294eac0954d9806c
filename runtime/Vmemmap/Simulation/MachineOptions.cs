namespace Vmemmap.Simulation;

/// <summary>The machine to simulate.</summary>
public sealed record MachineOptions
{
    /// <summary>Its memory, node by node: multiples of a section (128M; 512M with 64K pages), without overlap.</summary>
    public required IReadOnlyList<NodeMemory> Memory { get; init; }

    /// <summary>CPUs.</summary>
    public int Cpus { get; init; } = 4;

    /// <summary>sizeof(struct page): 56 to 1024 bytes, a multiple of 8.</summary>
    public int StructPageSize { get; init; } = StructPage.Size;

    /// <summary>How vmemmap is mapped when the kernel boots.</summary>
    public VmemmapMapping VmemmapMapping { get; init; }

    /// <summary>What is done where live entries must be broken before they are made again.</summary>
    public BreakBeforeMakePolicy BreakBeforeMake { get; init; }

    /// <summary>Where memory that is plugged in later may end, in bytes; 0: where the machine's own memory ends, in whose holes there may be more.</summary>
    public ulong HotplugLimit { get; init; }

    /// <summary>Huge pages reserved by the kernel's command line (hugepages=), which only boot memory can give when they are gigantic.</summary>
    public IReadOnlyList<BootReservation> BootReservations { get; init; } = [];

    /// <summary>What the counted events cost in simulated time.</summary>
    public CostModel Costs { get; init; } = new();

    /// <summary>A machine with its memory in equal nodes from physical address 0 on.</summary>
    /// <param name="bytes">Bytes of memory.</param>
    /// <param name="nodes">NUMA nodes.</param>
    public static MachineOptions OfSize(ulong bytes, int nodes = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nodes, 1);
        return new MachineOptions
        {
            Memory = [.. Enumerable.Range(0, nodes).Select(node => new NodeMemory(node, bytes / (ulong)nodes * (ulong)node, bytes / (ulong)nodes))],
        };
    }
}

/// <summary>A range of physical memory of a node.</summary>
/// <param name="Node">The node, from 0.</param>
/// <param name="Start">First physical address.</param>
/// <param name="Bytes">Bytes.</param>
public readonly record struct NodeMemory(int Node, ulong Start, ulong Bytes);

/// <summary>Huge pages that boot memory sets aside on a node.</summary>
/// <param name="Bytes">Size of one.</param>
/// <param name="Count">How many.</param>
/// <param name="Node">The node.</param>
public readonly record struct BootReservation(ulong Bytes, int Count, int Node = 0);

/// <summary>A huge page that boot memory set aside.</summary>
/// <param name="Pfn">First frame.</param>
/// <param name="Order">log2 of its frames.</param>
/// <param name="Node">Its node.</param>
public readonly record struct BootHugePage(ulong Pfn, int Order, int Node);
