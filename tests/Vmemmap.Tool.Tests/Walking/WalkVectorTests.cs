using Vmemmap.SyntheticImages;

namespace Vmemmap.Tool.Tests.Walking;

/// <summary>
/// The struct page of physical address 0x4a6e00000, worked out by hand for every architecture: table indices from the root on, and
/// the offset in the page.
/// </summary>
public sealed class WalkVectorTests
{
    private const ulong Root = 0x1000_0000;
    private const ulong Frame = 0x2000_0000;

    public static TheoryData<string, ulong, int[], ulong> Vectors() => new()
    {
        { "x86-64", 0xffffea00129b8000, [468, 0, 148, 440], 0 },
        { "x86-64-la57", 0xffd40000129b8000, [468, 0, 0, 148, 440], 0 },
        { "arm64-4k-va39", 0xfffffffed09b8000, [507, 132, 440], 0 },
        { "arm64-4k-va48", 0xfffffdffd09b8000, [507, 511, 132, 440], 0 },
        { "arm64-4k-va52", 0xffffc1ffd09b8000, [15, 387, 511, 132, 440], 0 },
        { "arm64-16k-va36", 0xffffffffbc26e000, [2014, 155], 0x2000 },
        { "arm64-16k-va47", 0xffffffbfc426e000, [2043, 2018, 155], 0x2000 },
        { "arm64-16k-va48", 0xffffff7fc426e000, [1, 2039, 2018, 155], 0x2000 },
        { "arm64-16k-va52", 0xfffff03fc426e000, [31, 1795, 2018, 155], 0x2000 },
        { "arm64-64k-va42", 0xffffffff4109b800, [8186, 265], 0xb800 },
        { "arm64-64k-va48", 0xffffffdfc109b800, [63, 7934, 265], 0xb800 },
        { "arm64-64k-va52", 0xfffffc1fc109b800, [1023, 254, 265], 0xb800 },
        { "riscv64-sv39", 0xffffffc5109b8000, [276, 132, 440], 0 },
        { "riscv64-sv48", 0xffff8d80109b8000, [283, 0, 132, 440], 0 },
        { "riscv64-sv57", 0xff1c0000109b8000, [284, 0, 0, 132, 440], 0 },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Translate_HandMadeTables_TakesTheseIndices(string architecture, ulong address, int[] indices, ulong offset)
    {
        Dictionary<ulong, ulong> memory = [];
        bool riscV = architecture.StartsWith("riscv64", StringComparison.Ordinal);
        ulong table = Root;
        for (int level = 0; level < indices.Length; level++)
        {
            bool last = level == indices.Length - 1;
            ulong next = last ? Frame : table + 0x1_0000;
            ulong entry = riscV ? (next >> 2) | (last ? 7UL : 1UL) : next | 3;
            memory.Add(table + ((ulong)indices[level] * 8), entry);
            table = next;
        }

        ReferenceTranslation translation = ReferenceWalker.Translate(
            architecture, at => memory.TryGetValue(at, out ulong entry) ? entry : null, Root, address);

        Assert.Equal(ReferenceFault.None, translation.Fault);
        Assert.Equal(Frame + offset, translation.PhysicalAddress);
        Assert.Equal(indices.Length - 1, translation.Level);
        Assert.True(translation.Writable);
    }

    /// <summary>The builder's own idea of where this struct page is, with the same memory start.</summary>
    [Theory]
    [InlineData("arm64-4k-va39", 0xfffffffebe000000)]
    [InlineData("arm64-4k-va48", 0xfffffdffbe000000)]
    [InlineData("arm64-4k-va52", 0xffffc1ffbe000000)]
    [InlineData("arm64-16k-va36", 0xffffffffb7800000)]
    [InlineData("arm64-16k-va47", 0xffffffbfbf800000)]
    [InlineData("arm64-16k-va48", 0xffffff7fbf800000)]
    [InlineData("arm64-16k-va52", 0xfffff03fbf800000)]
    [InlineData("arm64-64k-va42", 0xffffffff3fe00000)]
    [InlineData("arm64-64k-va48", 0xffffffdfbfe00000)]
    [InlineData("arm64-64k-va52", 0xfffffc1fbfe00000)]
    [InlineData("riscv64-sv39", 0xffffffc4fe000000)]
    [InlineData("riscv64-sv48", 0xffff8d7ffe000000)]
    [InlineData("riscv64-sv57", 0xff1bfffffe000000)]
    [InlineData("x86-64", 0xffffea0000000000)]
    [InlineData("x86-64-la57", 0xffd4000000000000)]
    public void Build_RamAt2G_PutsVmemmapWhereTheKernelDoes(string architecture, ulong vmemmap)
    {
        SyntheticKernel kernel = new() { Architecture = architecture, Ram = [new MemoryRange(2UL << 30, 1UL << 30)], WholeVmemmap = false };
        if (kernel.Architecture.StartsWith("x86", StringComparison.Ordinal))
        {
            kernel = kernel with { Ram = null };
        }

        Assert.Equal(vmemmap, kernel.Build().StructPage(0));
    }

    /// <summary>Four real kernels: their memstart_addr, and where SYMBOL(vmemmap) or mem_section said vmemmap was.</summary>
    [Theory]
    [InlineData("arm64-4k-va48", "6.12.117", 52, 0xfff0965000000000, 0xffffffa680000000)]
    [InlineData("arm64-4k-va48", "6.1.192", 48, 0xffffe2bbc0000000, 0xfffffc7511000000)]
    [InlineData("arm64-4k-va48", "6.1.192", 48, 0xffffb23d40000000, 0xfffffd370b000000)]
    [InlineData("arm64-16k-va47", "6.12.117", 47, 0x0000000040000000, 0xffffffbfbfc00000)]
    public void Build_RealMemstart_GivesTheRealVmemmap(string architecture, string version, int configured, ulong memstart, ulong vmemmap)
    {
        const ulong RamStart = 0x40000000;
        int running = Machines.Find(architecture).TableBits;
        ulong correction = configured == 52 ? (ulong.MaxValue << running) - (ulong.MaxValue << 52) : 0;
        SyntheticImage image = new SyntheticKernel
        {
            Architecture = architecture,
            Version = KernelVersion.Parse(version),
            ConfiguredBits = configured,
            LinearOffset = RamStart - correction - memstart,
            WholeVmemmap = false,
        }.Build();

        Assert.Contains($"NUMBER(PHYS_OFFSET)=0x{memstart:x}\n", image.VmcoreInfo, StringComparison.Ordinal);
        Assert.Equal(vmemmap, image.StructPage(0));
    }
}
