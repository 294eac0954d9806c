namespace Vmemmap.SyntheticImages;

/// <summary>A finished image.</summary>
public sealed class SyntheticImage
{
    private readonly SyntheticKernel _kernel;
    private readonly AddressSpace _space;
    private readonly VmemmapMap _map;

    internal SyntheticImage(
        SyntheticKernel kernel, AddressSpace space, PhysicalMemory memory, VmemmapMap map, ulong root, string vmcoreInfo, Expected expected)
    {
        _kernel = kernel;
        _space = space;
        _map = map;
        Memory = memory;
        Root = root;
        VmcoreInfo = vmcoreInfo;
        Expected = expected;
    }

    /// <summary>The machine that it is of.</summary>
    public MachineGeometry Machine => _kernel.Machine;

    /// <summary>What is in the image.</summary>
    public PhysicalMemory Memory { get; }

    /// <summary>Physical address of swapper_pg_dir.</summary>
    public ulong Root { get; }

    /// <summary>The text of VMCOREINFO.</summary>
    public string VmcoreInfo { get; }

    /// <summary>What a reader must find.</summary>
    public Expected Expected { get; }

    /// <summary>Every vmemmap page that is mapped, with the frame that the builder meant.</summary>
    public IEnumerable<VmemmapPage> VmemmapPages()
    {
        foreach (var (address, table) in _map.Tables)
        {
            for (ulong page = address; page - address < 1UL << Machine.LastTableShift; page += Machine.PageSize)
            {
                if (_map.FrameOf(page) is ulong frame)
                {
                    yield return new VmemmapPage(page, frame, table.Frames is null, _map.IsAlias(page));
                }
            }
        }
    }

    /// <summary>Address of a struct page.</summary>
    public ulong StructPage(ulong pfn) => _space.Vmemmap + (pfn * _kernel.StructPageSize);

    /// <summary>Address of RAM in the linear map.</summary>
    public ulong LinearAddress(ulong physicalAddress) => physicalAddress + _space.Linear;

    /// <summary>Address of a part of the kernel image where it is linked.</summary>
    public ulong ImageAddress(ulong physicalAddress) => physicalAddress + _space.Image;

    /// <summary>Writes the ELF core.</summary>
    public void Write(Stream output)
    {
        ushort machine = _kernel.ElfMachine ?? Machine.Family switch
        {
            CpuFamily.X64 => (ushort)62,
            CpuFamily.Arm64 => (ushort)183,
            _ => (ushort)243,
        };
        string? note = _kernel.VmcoreInfo == VmcoreInfoPlace.Note ? VmcoreInfo : null;
        byte[]? qemu = _kernel.QemuNote ? QemuState.Encode(Machine.Levels.Count == 5, Root + 0x1000) : null;
        Func<ulong, ulong> virtualAddress = _kernel.SegmentsAreVirtual ? LinearAddress : address => address;
        new ElfCoreWriter(Memory, machine, note, qemu, virtualAddress).Write(output);
    }

    /// <summary>The ELF core in memory.</summary>
    public byte[] ToArray()
    {
        using MemoryStream output = new();
        Write(output);
        return output.ToArray();
    }
}
