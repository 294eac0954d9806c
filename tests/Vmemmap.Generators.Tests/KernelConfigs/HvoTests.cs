namespace Vmemmap.Generators.Tests.KernelConfigs;

/// <summary>The configuration decides whether HVO is built in; the version says which symbol that is, which layout, and why it may be missing.</summary>
public class HvoTests
{
    [Theory]
    [InlineData("5.14.0", "FREE", true)]
    [InlineData("5.18.9", "FREE", true)]
    [InlineData("5.19.0", "OPTIMIZE", true)]
    [InlineData("6.12.1", "OPTIMIZE", true)]
    public void DefaultOn_IsOnAtBoot(string release, string name, bool isOn)
    {
        string symbol = $"CONFIG_HUGETLB_PAGE_{name}_VMEMMAP";
        EmittedKernel on = MinimalConfig.Emit(MinimalConfig.X64(release, more: $"{symbol}=y\n{symbol}_DEFAULT_ON=y\n"));
        EmittedKernel off = MinimalConfig.Emit(MinimalConfig.X64(release, more: $"{symbol}=y\n# {symbol}_DEFAULT_ON is not set\n"));
        Assert.Equal((isOn, isOn), (on.Constant<bool>("HasHvo"), on.Constant<bool>("IsHvoOnAtBoot")));
        Assert.Equal((true, false), (off.Constant<bool>("HasHvo"), off.Constant<bool>("IsHvoOnAtBoot")));
    }

    [Theory]
    [InlineData("arm64-4k-va48", "5.10.1", "", "HVO came with v5.14")]
    [InlineData("x86-64", "5.13.19", "", "HVO came with v5.14")]
    [InlineData("arm64-4k-va48", "5.15.0", "", "arm64 selects it from v5.19 to v6.2 only")]
    [InlineData("arm64-16k-va47", "6.3.0", "", "arm64 selects it no more since v6.3, and 6.1.y by stable")]
    [InlineData("arm64-16k-va47", "7.1.0", "", "arm64 selects it no more since v6.3, and 6.1.y by stable")]
    [InlineData("arm64-4k-va48", "6.1.192", "", "arm64 selects it no more since v6.3, and 6.1.y by stable")]
    [InlineData("arm64-4k-va48", "5.18.19", "", "arm64 selects it from v5.19 to v6.2 only")]
    [InlineData("arm64-4k-va48", "5.19.0", "", "CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP is missing, though arm64 selects it from v5.19 to v6.2: this source was changed")]
    [InlineData("arm64-4k-va48", "6.0.9", "", "CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP is missing, though arm64 selects it from v5.19 to v6.2: this source was changed")]
    [InlineData("arm64-4k-va48", "6.2.16", "", "CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP is missing, though arm64 selects it from v5.19 to v6.2: this source was changed")]
    [InlineData("arm64-64k-va48", "6.0.3", "# CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP is not set\n", "CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP is not set")]
    [InlineData("arm64-4k-va48", "6.12.1", "CONFIG_ARCH_WANT_OPTIMIZE_HUGETLB_VMEMMAP=y\n", "CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP is not set")]
    [InlineData("x86-64", "5.15.0", "", "CONFIG_HUGETLB_PAGE_FREE_VMEMMAP is not set")]
    [InlineData("x86-64-la57", "6.12.1", "", "CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP is not set")]
    [InlineData("riscv64-sv48", "6.1.1", "", "riscv64 does not select it in this configuration")]
    public void Absence_IsExplained(string architecture, string release, string more, string reason)
    {
        EmittedKernel kernel = MinimalConfig.Emit(MinimalConfig.Of(architecture, release, more));
        Assert.False(kernel.Constant<bool>("HasHvo"));
        Assert.Equal(reason, kernel.Constant<string>("HvoAbsence"));
        Assert.All(kernel.Hstates, h => Assert.Equal(0, h.FreedPages));
        Assert.All(kernel.Hstates, h => Assert.Equal(h.StructPages, h.FirstReadOnlyIndex));
        Assert.Contains("not built in: " + reason, kernel.Hstates.Select(h => h.ReasonForZero));
    }

    // A kernel with the select line put back has HVO, whatever mainline does.
    [Theory]
    [InlineData("6.1.192")]
    [InlineData("6.12.117")]
    public void Arm64WithHvo_HasIt(string release) =>
        Assert.True(MinimalConfig.Emit(MinimalConfig.Arm64(release, more: MinimalConfig.HvoNew)).Constant<bool>("HasHvo"));

    [Fact]
    public void WithoutHugeTlb_ThereAreNoSizes()
    {
        EmittedKernel kernel = MinimalConfig.Emit(MinimalConfig.X64().Replace("CONFIG_HUGETLB_PAGE=y", "# CONFIG_HUGETLB_PAGE is not set", StringComparison.Ordinal));
        Assert.False(kernel.Constant<bool>("HasHugeTlb"));
        Assert.Empty(kernel.Hstates);
        Assert.Equal("CONFIG_HUGETLB_PAGE is not set", kernel.Constant<string>("HvoAbsence"));
        Assert.False(kernel.Has("DefaultHstate"));
    }

    [Fact]
    public void WithoutVmemmap_ThereIsNothingToFree()
    {
        EmittedKernel kernel = MinimalConfig.Emit(MinimalConfig.Arm64().Replace("CONFIG_SPARSEMEM_VMEMMAP=y\n", "", StringComparison.Ordinal));
        Assert.False(kernel.Constant<bool>("HasVmemmap"));
        Assert.All(kernel.Hstates, h => Assert.Equal((0.0, 0L), (h.VmemmapPages, h.FreedPages)));
        Assert.Equal("not built in: the kernel has no vmemmap, CONFIG_SPARSEMEM_VMEMMAP is not set", kernel.Hstates[0].ReasonForZero);
    }

    [Theory]
    [InlineData("x86-64", "1G 2M", "2M")]
    [InlineData("arm64-4k-va48", "1G 32M 2M 64K", "1G 32M 2M 64K")]
    [InlineData("arm64-64k-va52", "16G 512M 2M", "16G 512M 2M")]
    [InlineData("riscv64-sv57", "64K 1G 2M", "64K 2M")]
    public void WithoutContigAlloc_X86AndRiscVHaveNo1G(string architecture, string with, string without)
    {
        string config = MinimalConfig.Of(architecture, "6.12.1");
        Assert.Equal(with.Split(' '), MinimalConfig.Emit(config).Hstates.Select(h => h.Name));
        Assert.Equal(
            without.Split(' '),
            MinimalConfig.Emit(config.Replace("CONFIG_CONTIG_ALLOC=y\n", "", StringComparison.Ordinal)).Hstates.Select(h => h.Name));
    }

    // 4.19 arch/x86/mm/hugetlbpage.c asks for what v5.2 calls CONTIG_ALLOC. A symbol without a prompt has no line where it is off.
    [Theory]
    [InlineData("4.19.269", "CONFIG_MEMORY_ISOLATION=y\nCONFIG_COMPACTION=y\n", "1G 2M")]
    [InlineData("5.1.21", "CONFIG_CMA=y\n", "1G 2M")]
    [InlineData("5.1.21", "CONFIG_MEMORY_ISOLATION=y\n", "2M")]
    [InlineData("5.1.21", "CONFIG_COMPACTION=y\n# CONFIG_CMA is not set\n", "2M")]
    [InlineData("5.1.21", "CONFIG_MEMORY_ISOLATION=y\nCONFIG_COMPACTION=y\n# CONFIG_CONTIG_ALLOC is not set\n", "2M")]
    [InlineData("4.18.0-553.el8", "CONFIG_CONTIG_ALLOC=y\n", "1G 2M")]
    [InlineData("5.2.0", "CONFIG_MEMORY_ISOLATION=y\nCONFIG_COMPACTION=y\nCONFIG_CMA=y\n", "2M")]
    public void BeforeContigAlloc_X86AsksForWhatItStandsFor(string release, string lines, string sizes) => Assert.Equal(
        sizes.Split(' '),
        MinimalConfig.Emit(MinimalConfig.X64(release).Replace("CONFIG_CONTIG_ALLOC=y\n", "", StringComparison.Ordinal) + lines).Hstates.Select(h => h.Name));

    [Fact]
    public void RealConfigWithTheHeaderOf419_Has1G()
    {
        ConfigText config = ConfigFixture.Read("config-6.1.0-56-amd64").With("# Linux/x86 6.1.192 ", "# Linux/x86 4.19.269 ").With("CONFIG_CONTIG_ALLOC=y\n", "");
        Assert.Equal(["1G", "2M"], new EmittedKernel(ConfigProject.Of(config).Load()).Hstates.Select(h => h.Name));
    }

    [Fact]
    public void WithoutSvnapot_RiscVHasNo64K() =>
        Assert.Equal(["1G", "2M"], MinimalConfig.Emit(MinimalConfig.RiscV64()).Hstates.Select(h => h.Name));

    [Theory]
    [InlineData("x86-64", "2M")]
    [InlineData("arm64-4k-va39", "2M")]
    [InlineData("arm64-16k-va36", "32M")]
    [InlineData("arm64-64k-va42", "512M")]
    [InlineData("riscv64-sv39", "2M")]
    public void DefaultHstate_IsAPmd(string architecture, string expected)
    {
        EmittedKernel kernel = MinimalConfig.Emit(MinimalConfig.Of(architecture, "6.12.1"));
        Assert.Equal(expected, kernel.Constant<string>("DefaultHstate"));
        Assert.Equal(kernel.Candidates[0].DefaultHstate.Name, expected);
    }
}
