namespace Vmemmap.SyntheticImages;

/// <summary>
/// A kernel to make an image of. Everything has a default, so that a test names only what it is about; <see cref="Build"/> writes
/// the page tables, the struct pages, mem_section, the nodes and VMCOREINFO, and says what a reader must find.
/// </summary>
public sealed record SyntheticKernel
{
    /// <summary>Canonical name of the architecture whose table is walked.</summary>
    public required string Architecture { get; init; }

    /// <summary>Kernel version.</summary>
    public KernelVersion Version { get; init; } = new(6, 12, 117);

    /// <summary>OSRELEASE, if it is not just the version.</summary>
    public string? Release { get; init; }

    /// <summary>CONFIG_ARM64_VA_BITS where it is not what the tables cover: 52 for a kernel that folded to 48 or 47.</summary>
    public int? ConfiguredBits { get; init; }

    /// <summary>What the kernel runs at where it is not what the tables cover: 48 for a 64K kernel built for 52.</summary>
    public int? RunningBits { get; init; }

    /// <summary>sizeof(struct page).</summary>
    public ulong StructPageSize { get; init; } = 64;

    /// <summary>RAM that was there at boot; null for the family's usual start and a few GiB.</summary>
    public IReadOnlyList<MemoryRange>? Ram { get; init; }

    /// <summary>Physical start of the kernel image, a multiple of 2 MiB; null for its usual place.</summary>
    public ulong? KernelPhysical { get; init; }

    /// <summary>KASLR: how far the kernel image moved in virtual memory.</summary>
    public ulong KernelOffset { get; init; }

    /// <summary>x86 KASLR: page_offset_base.</summary>
    public ulong? PageOffsetBase { get; init; }

    /// <summary>x86 KASLR: vmemmap_base.</summary>
    public ulong? VmemmapBase { get; init; }

    /// <summary>arm64 KASLR: how much the linear map moved up, which is taken from memstart_addr.</summary>
    public ulong LinearOffset { get; init; }

    /// <summary>x86 SME: the bit that every entry of an encrypted page carries.</summary>
    public ulong SmeMask { get; init; }

    /// <summary>Layout of optimized pages; null for that of the version.</summary>
    public HvoLayout? Layout { get; init; }

    /// <summary>HugeTLB pages.</summary>
    public IReadOnlyList<HugePageRequest> HugePages { get; init; } = [];

    /// <summary>Former HugeTLB pages.</summary>
    public IReadOnlyList<RestoredPageRequest> RestoredPages { get; init; } = [];

    /// <summary>Compound pages that are no HugeTLB pages.</summary>
    public IReadOnlyList<CompoundPageRequest> CompoundPages { get; init; } = [];

    /// <summary>Deduplicated device DAX ranges.</summary>
    public IReadOnlyList<DaxDeviceRequest> DaxDevices { get; init; } = [];

    /// <summary>Hot-added RAM whose struct pages lie at its own start (memmap_on_memory); each range is one memory block.</summary>
    public IReadOnlyList<MemoryRange> SelfHostedBlocks { get; init; } = [];

    /// <summary>Hot-added RAM that is offline: mapped vmemmap, and the section flags of a device.</summary>
    public IReadOnlyList<MemoryRange> OfflineBlocks { get; init; } = [];

    /// <summary>Physical addresses of sections that are marked present and hold a node number instead of a memory map.</summary>
    public IReadOnlyList<ulong> UninitializedSections { get; init; } = [];

    /// <summary>PFNs whose vmemmap block was split though nothing there is optimized now.</summary>
    public IReadOnlyList<ulong> SplitAt { get; init; } = [];

    /// <summary>Whether every vmemmap frame over RAM is in the image, or only those that hold something.</summary>
    public bool WholeVmemmap { get; init; } = true;

    /// <summary>PFNs whose struct pages' frame is left out of the image.</summary>
    public IReadOnlyList<ulong> AbsentStructPages { get; init; } = [];

    /// <summary>What mem_section is.</summary>
    public SectionArrayKind SectionArray { get; init; }

    /// <summary>SIZE(mem_section): 16, or 32 with page_ext.</summary>
    public int SectionEntrySize { get; init; } = 16;

    /// <summary>MAX_PHYSMEM_BITS where it is not the architecture's.</summary>
    public int? MaxPhysicalBits { get; init; }

    /// <summary>How nodes are exported; null for what the family does.</summary>
    public NodeSource? NodeSource { get; init; }

    /// <summary>The nodes; none given is one node over everything.</summary>
    public IReadOnlyList<MemoryNode> Nodes { get; init; } = [];

    /// <summary>Where VMCOREINFO is.</summary>
    public VmcoreInfoPlace VmcoreInfo { get; init; }

    /// <summary>VMCOREINFO lines to leave out: all that start with one of these, such as "SYMBOL(vmemmap)".</summary>
    public IReadOnlyList<string> MissingKeys { get; init; } = [];

    /// <summary>Whether an x86 image has QEMU's note with the control registers.</summary>
    public bool QemuNote { get; init; }

    /// <summary>e_machine where it is not the family's.</summary>
    public ushort? ElfMachine { get; init; }

    /// <summary>Whether p_vaddr is the address in the linear map, as in /proc/vmcore, or p_paddr again, as QEMU writes it.</summary>
    public bool SegmentsAreVirtual { get; init; }

    /// <summary>What is done to the page tables last: damage, mostly.</summary>
    public Action<PageTableEditor>? Edit { get; init; }

    /// <summary>Makes the image.</summary>
    public SyntheticImage Build() => new KernelBuilder(this).Build();

    internal MachineGeometry Machine => Machines.Find(Architecture);

    internal int VirtualBits => RunningBits ?? Machine.TableBits;

    internal int ConfiguredVirtualBits => ConfiguredBits ?? Machine.TableBits;

    internal HvoLayout EffectiveLayout => Layout ?? (Version.IsAtLeast(7, 1)
        ? HvoLayout.SharedTail
        : Version.IsAtLeast(5, 18) ? HvoLayout.ReserveOne : HvoLayout.ReserveTwo);

    internal NodeSource EffectiveNodeSource => NodeSource ?? (Machine.Family == CpuFamily.X64
        ? SyntheticImages.NodeSource.NodeData
        : SyntheticImages.NodeSource.ContigPageData);

    internal HugeTlbMark Mark => Version switch
    {
        _ when !Version.IsAtLeast(6, 3) => HugeTlbMark.CompoundDestructor,
        _ when !Version.IsAtLeast(6, 6) => HugeTlbMark.FolioDestructor,
        _ when !Version.IsAtLeast(6, 9) => HugeTlbMark.SecondPageFlag,
        _ when !Version.IsAtLeast(6, 12) => HugeTlbMark.TypeBit,
        _ => HugeTlbMark.TypeByte,
    };

    internal IReadOnlyList<MemoryRange> EffectiveRam => Ram ?? Machine.Family switch
    {
        // QEMU's q35: a hole below 4 GiB.
        CpuFamily.X64 => [new(0, 2UL << 30), new(4UL << 30, 2UL << 30)],
        CpuFamily.Arm64 => [new(1UL << 30, Machine.PageShift == 16 ? 6UL << 30 : 4UL << 30)],
        _ => [new(2UL << 30, 4UL << 30)],
    };

    internal ulong EffectiveKernelPhysical => KernelPhysical ?? (Machine.Family == CpuFamily.X64
        ? 16UL << 20
        : EffectiveRam[0].Start + (2UL << 20));
}
