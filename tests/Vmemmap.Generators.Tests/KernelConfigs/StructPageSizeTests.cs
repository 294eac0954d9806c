namespace Vmemmap.Generators.Tests.KernelConfigs;

/// <summary>sizeof(struct page): derived where the configuration decides it, asked for where it does not.</summary>
public class StructPageSizeTests
{
    private static string Without(string config, params string[] lines) =>
        lines.Aggregate(config, (text, line) => text.Replace(line + "\n", "", StringComparison.Ordinal));

    [Theory]
    [InlineData("CONFIG_MEMCG=y\nCONFIG_HAVE_ALIGNED_STRUCT_PAGE=y\n", 64)]
    [InlineData("CONFIG_MEMCG=y\n", 64)]
    [InlineData("CONFIG_HAVE_ALIGNED_STRUCT_PAGE=y\n", 64)]
    [InlineData("CONFIG_SLAB_OBJ_EXT=y\n", 64)]
    [InlineData("# CONFIG_MEMCG is not set\n", 56)]
    [InlineData("", 56)]
    public void Size_FollowsFromItsMembers(string lines, int size)
    {
        string config = Without(MinimalConfig.RiscV64(), "CONFIG_MEMCG=y") + lines;
        Assert.Equal(size, MinimalConfig.Emit(config).Constant<int>("StructPageSize"));
    }

    // page->flags has 64 bits: 25 flags or less here, 5 zones of 3 bits, nodes, and 8 + log2(NR_CPUS) for _last_cpupid.
    [Theory]
    [InlineData(256, 6, true)]
    [InlineData(8192, 10, true)]
    [InlineData(8192, 16, false)]
    [InlineData(1048576, 10, false)]
    public void CpuAndProcess_MustFitTheFlags(int cpus, int nodes, bool fits)
    {
        string config = MinimalConfig.X64(more: $"CONFIG_NUMA_BALANCING=y\nCONFIG_NR_CPUS={cpus}\nCONFIG_NODES_SHIFT={nodes}\nCONFIG_ZONE_DMA=y\nCONFIG_ZONE_DMA32=y\n"
            + "CONFIG_ZONE_DEVICE=y\nCONFIG_LRU_GEN=y\nCONFIG_MEMORY_FAILURE=y\n");
        Assert.Equal(fits, MinimalConfig.Emit(config).Has("StructPageSize"));

        // Without memcg_data the aligned struct page has room for it.
        Assert.Equal(64, MinimalConfig.Emit(Without(config, "CONFIG_MEMCG=y")).Constant<int>("StructPageSize"));
    }

    [Fact]
    public void Kmsan_IsAskedFor_AndNothingIsPretended()
    {
        ConfigProject project = ConfigProject.Of(new ConfigText("config", MinimalConfig.X64(more: MinimalConfig.HvoNew + "CONFIG_KMSAN=y\n")));
        Assert.Empty(project.Result.Diagnostics);
        var told = Assert.Single(project.Analyze());
        Assert.Equal("VMM3010", told.Id);
        Assert.Equal("Vmemmap.KernelConfig(\"config\")", told.Location.SourceTree!.ToString()[told.Location.SourceSpan.Start..told.Location.SourceSpan.End]);
        Assert.Equal(
            "sizeof(struct page) does not follow from config: CONFIG_KMSAN=y in line 16 adds to it; take it from the kernel (VMCOREINFO SIZE(page), pahole) and "
            + "give it: StructPageSize = 80. Until then no counts are generated",
            told.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
        EmittedKernel kernel = new(project.Load());
        Assert.False(kernel.Has("StructPageSize"));
        Assert.False(kernel.Has("Hstates"));
        Assert.Equal(1UL << 21, kernel.Constant<ulong>("2M", "Size"));
        Assert.Empty(kernel.Nested("2M").GetMember("FreedPages"));
    }

    [Fact]
    public void GivenSize_IsTaken()
    {
        ConfigProject project = ConfigProject.Of(new ConfigText("config", MinimalConfig.X64(more: MinimalConfig.HvoNew + "CONFIG_KMSAN=y\n")), ", StructPageSize = 80");
        Assert.Empty(project.Analyze());
        EmittedKernel kernel = new(project.Load());
        Assert.Equal(80, kernel.Constant<int>("StructPageSize"));
        Assert.Equal([5120.0, 10.0], kernel.Hstates.Select(h => h.VmemmapPages));
        Assert.All(kernel.Hstates, h => Assert.Equal("a struct page of 80 bytes is no power of two", h.ReasonForZero));
    }
}
