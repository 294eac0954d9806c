using Vmemmap.SyntheticImages;

namespace Vmemmap.Tool.Tests.Synthetic;

/// <summary>mem_section and the nodes in every form.</summary>
public sealed class SectionAndNodeTests
{
    private const ulong Mega = 1UL << 20;
    private const ulong Giga = 1UL << 30;

    [Theory]
    [InlineData("x86-64", "6.1.192", 40)]
    [InlineData("x86-64", "6.12.117", 40)]
    [InlineData("arm64-64k-va48", "6.1.192", 48)]
    [InlineData("riscv64-sv39", "6.12.117", 40)]
    public void Inspect_StaticArray_IsReadInTheImage(string architecture, string version, int physicalBits) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            Version = KernelVersion.Parse(version),
            SectionArray = SectionArrayKind.Static,
            MaxPhysicalBits = physicalBits,
            HugePages = HugePagePlaces.In(architecture).EverySize(),
        });

    [Theory]
    [InlineData("x86-64", "6.1.192")]
    [InlineData("arm64-16k-va48", "6.12.117")]
    [InlineData("riscv64-sv57", "6.12.117")]
    public void Inspect_SectionsOf32Bytes_AreRead(string architecture, string version) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            Version = KernelVersion.Parse(version),
            SectionEntrySize = 32,
            HugePages = HugePagePlaces.In(architecture).EverySize(),
        });

    /// <summary>A section counts only with a map: the first word of the array here is a node number, and no vmemmap.</summary>
    [Theory]
    [InlineData(SectionArrayKind.Extreme)]
    [InlineData(SectionArrayKind.Static)]
    public void Inspect_SectionWithoutMap_IsSkipped(SectionArrayKind kind) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = "x86-64",
            Version = new KernelVersion(6, 1, 192),
            SectionArray = kind,
            MaxPhysicalBits = 40,
            UninitializedSections = [2 * Giga, (3 * Giga) + (128 * Mega)],
            HugePages = HugePagePlaces.In("x86-64").EverySize(),
        });

    /// <summary>Offline RAM has the section flags of a device; without aliases it is none.</summary>
    [Fact]
    public void Inspect_OfflineRam_IsNoDevice() =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = "x86-64",
            OfflineBlocks = [new MemoryRange(16 * Giga, 256 * Mega)],
            HugePages = HugePagePlaces.In("x86-64").EverySize(),
        });

    /// <summary>Without mem_section, SYMBOL(vmemmap) and the tables still tell what HVO did.</summary>
    [Theory]
    [InlineData("x86-64")]
    [InlineData("arm64-4k-va48")]
    public void Inspect_NoSections_StillCountsHvo(string architecture)
    {
        SyntheticImage image = new SyntheticKernel
        {
            Architecture = architecture,
            SectionArray = SectionArrayKind.Missing,
            HugePages = HugePagePlaces.In(architecture).EverySize(),
        }.Build();
        InspectReport report = InspectReport.Of(image);

        Assert.NotEmpty(report.Warnings);
        Assert.Equal(image.Expected.FreedPages, report.Json.GetProperty("freedPages").GetInt64());
        Assert.Equal(
            image.Expected.HugeTlb.Select(size => (size.Pages, size.Optimized)),
            report.Json.GetProperty("hugetlb").EnumerateArray()
                .Select(size => (size.GetProperty("pages").GetInt64(), size.GetProperty("optimized").GetInt64())));
    }

    /// <summary>Before 6.8 and without mem_section nothing in an x86 image proves where vmemmap is.</summary>
    [Fact]
    public void Inspect_NothingThatProvesVmemmap_IsRefused()
    {
        using TemporaryImage file = new(new SyntheticKernel
        {
            Architecture = "x86-64",
            Version = new KernelVersion(6, 1, 192),
            SectionArray = SectionArrayKind.Missing,
            KernelOffset = 0x1e000000,
            PageOffsetBase = 0xffff990380000000,
            VmemmapBase = 0xffffe6a1c0000000,
        }.Build());
        ToolRun.Of("inspect", file.Path, "--json").AssertRefused(file.Path);
    }

    /// <summary>arm64 6.1: VMEMMAP_START and memstart_addr; before 5.18 only the formula and mem_section.</summary>
    [Theory]
    [InlineData("arm64-4k-va48", "6.1.192", "SYMBOL(vmemmap)")]
    [InlineData("arm64-4k-va48", "6.12.117", "SYMBOL(vmemmap)")]
    [InlineData("arm64-16k-va52", "6.12.117", "SYMBOL(vmemmap)")]
    [InlineData("riscv64-sv48", "6.12.117", "SYMBOL(vmemmap)")]
    [InlineData("x86-64", "6.12.117", "SYMBOL(vmemmap)")]
    [InlineData("arm64-4k-va48", "6.12.117", "NUMBER(VMEMMAP_START)")]
    public void Inspect_OneSourceOfVmemmapMissing_UsesTheNext(string architecture, string version, string key) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            Version = KernelVersion.Parse(version),
            MissingKeys = [key],
            HugePages = HugePagePlaces.In(architecture).EverySize(),
        });

    [Fact]
    public void Inspect_TwoNodes_SplitsWhatWasFreed() =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = "x86-64",
            Ram = [new MemoryRange(0, 2 * Giga), new MemoryRange(4 * Giga, 2 * Giga), new MemoryRange(6 * Giga, 4 * Giga)],
            Nodes = [new MemoryNode(0, new MemoryRange(0, 6 * Giga)), new MemoryNode(1, new MemoryRange(6 * Giga, 4 * Giga))],
            HugePages =
            [
                new HugePageRequest((4 * Giga) >> 12, Giga, Optimized: true),
                new HugePageRequest((7 * Giga) >> 12, Giga, Optimized: true),
                new HugePageRequest((6 * Giga) >> 12, 2 * Mega, Optimized: true),
            ],
        });

    /// <summary>
    /// Where the spans of nodes overlap the top bits of the head's page flags tell the node, as many as LENGTH(node_data) needs; if they
    /// contradict a span that only one node has, they are not believed.
    /// </summary>
    [Theory]
    [InlineData(0UL, 1UL, 0UL, 4095L + 7, 4095L)]
    [InlineData(1UL, 1UL, 1UL, null, null)]
    public void Inspect_InterleavedNodes_AreToldByPageFlags(ulong first, ulong second, ulong alone, long? onNode0, long? onNode1)
    {
        // LENGTH(node_data) of these images is 64: six bits.
        const int NodeShift = 64 - 6;
        ulong[] heads = [(4 * Giga) >> 12, (5 * Giga) >> 12, (1 * Giga) >> 12];
        InspectReport report = InspectReport.Of(new SyntheticKernel
        {
            Architecture = "x86-64",
            Ram = [new MemoryRange(0, 2 * Giga), new MemoryRange(4 * Giga, 4 * Giga)],
            Nodes = [new MemoryNode(0, new MemoryRange(0, 8 * Giga)), new MemoryNode(1, new MemoryRange(4 * Giga, 4 * Giga))],
            HugePages =
            [
                new HugePageRequest(heads[0], Giga, Optimized: true),
                new HugePageRequest(heads[1], Giga, Optimized: true),
                new HugePageRequest(heads[2], 2 * Mega, Optimized: true),
            ],
            Edit = tables =>
            {
                foreach ((ulong head, ulong node) in heads.Zip([first, second, alone]))
                {
                    ulong flags = tables.Entry(3, tables.StructPage(head)) & 0x000ffffffffff000;
                    tables.Memory.Write64(flags, tables.Memory.Read64(flags)!.Value | (node << NodeShift));
                }
            },
        }.Build());
        long?[] freed = [.. report.Json.GetProperty("nodes").EnumerateArray()
            .Select(n => n.GetProperty("freedPages")).Select(f => f.ValueKind == System.Text.Json.JsonValueKind.Null ? null : (long?)f.GetInt64())];
        Assert.Equal([onNode0, onNode1], freed);
    }

    [Theory]
    [InlineData("x86-64", NodeSource.NodeData)]
    [InlineData("x86-64", NodeSource.ContigPageData)]
    [InlineData("x86-64", NodeSource.Missing)]
    [InlineData("arm64-64k-va52", NodeSource.Missing)]
    [InlineData("arm64-16k-va47", NodeSource.ContigPageData)]
    [InlineData("riscv64-sv48", NodeSource.ContigPageData)]
    [InlineData("riscv64-sv48", NodeSource.Missing)]
    public void Inspect_EveryNodeSource_IsReadOrMissed(string architecture, NodeSource source) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            NodeSource = source,
            HugePages = HugePagePlaces.In(architecture).EverySize(),
        });
}
