using System.Text.Json;

namespace Vmemmap.Tool.Tests.Simulating;

/// <summary>The JSON against numbers that were worked out by hand from the kernel's layouts.</summary>
public sealed class SimulateJsonTests
{
    private const string Small = "--arch x86-64 --memory 4G --hugepages 2M:512";

    [Fact]
    public void Json_HasTheDocumentedFieldsInTheirOrder()
    {
        JsonElement result = Assert.Single(Simulate.Json(Small));
        Assert.Equal(
            [
                "architecture", "layout", "hugePageSize", "hugePages", "optimized", "freedPages", "freedBytes", "splitPageTables", "sharedTailPages", "netBytes",
                "pteWrites", "blockSplits", "tlbFlushes", "ipis", "rcuSynchronizations", "bytesCopied", "peakExtraFrames", "freeByOrder", "restoreFailures",
                "simulatedAllocateNanoseconds", "simulatedFreeNanoseconds", "reason",
            ],
            result.EnumerateObject().Select(property => property.Name));
        Assert.Equal(("x86-64", "reserve-one"), (result.GetProperty("architecture").GetString(), result.GetProperty("layout").GetString()));
        Assert.Equal(JsonValueKind.Null, result.GetProperty("reason").ValueKind);
    }

    /// <summary>
    /// A huge page of 2M has 8 vmemmap pages: 6 go with two kept, 7 with one. Struct pages of 4G are 64M, mapped by base pages here, so that nothing is split.
    /// The copied head costs an entry and 4096 bytes more; unbatched generations flush once for each page, batched ones twice.
    /// </summary>
    [Theory]
    [InlineData("reserve-two-posted", 6, 0, 6, 512, 0, 0)]
    [InlineData("reserve-two", 6, 0, 6, 512, 0, 0)]
    [InlineData("reserve-one-kept-head", 7, 0, 7, 512, 0, 0)]
    [InlineData("reserve-one", 7, 0, 8, 2, 1, 4096)]
    [InlineData("shared-tail", 7, 1, 8, 2, 0, 4096)]
    public void Json_OfBasePages_CountsWhatTheLayoutDoes(string layout, long freed, long shared, long entries, long flushes, long waits, long copied)
    {
        JsonElement result = Assert.Single(Simulate.Json($"{Small} --vmemmap pages --cpus 3 --layout {layout}"));
        Assert.Equal((512, 512), (result.Get("hugePages"), result.Get("optimized")));
        Assert.Equal(512 * freed, result.Get("freedPages"));
        Assert.Equal(512 * freed * 4096, result.Get("freedBytes"));
        Assert.Equal((0, 0, shared), (result.Get("splitPageTables"), result.Get("blockSplits"), result.Get("sharedTailPages")));
        Assert.Equal(((512 * freed) - shared) * 4096, result.Get("netBytes"));
        Assert.Equal(512 * entries, result.Get("pteWrites"));
        Assert.Equal((flushes, 2 * flushes), (result.Get("tlbFlushes"), result.Get("ipis")));
        Assert.Equal((waits, 512 * copied), (result.Get("rcuSynchronizations"), result.Get("bytesCopied")));
        Assert.Equal(0, result.Get("restoreFailures"));
    }

    /// <summary>One by one, each page is flushed, and waits for a grace period of its own.</summary>
    [Fact]
    public void Json_Unbatched_FlushesAndWaitsForEachPage()
    {
        JsonElement result = Assert.Single(Simulate.Json($"{Small} --vmemmap pages --unbatched"));
        Assert.Equal((512, 512), (result.Get("tlbFlushes"), result.Get("rcuSynchronizations")));
        Assert.Equal(7, result.Get("peakExtraFrames"));
    }

    /// <summary>Restored together, no huge page is freed before the last one has its 7 frames.</summary>
    [Fact]
    public void Json_Batched_NeedsAllFramesAtOnce() => Assert.Equal(512 * 7, Assert.Single(Simulate.Json($"{Small} --vmemmap pages")).Get("peakExtraFrames"));

    /// <summary>
    /// Full of 2M pages: 1 TiB gives 14 GiB less 32 MiB of tables, so 4 GiB give 1/256 of it: 56 MiB less 128 KiB, and one table more at most where
    /// the first page does not begin where a table does.
    /// </summary>
    [Theory]
    [InlineData("reserve-one", 14L << 30)]
    [InlineData("reserve-two", 12L << 30)]
    public void Json_OfAFullMachine_IsTheCoverLettersShare(string layout, long bytesOfATebibyte)
    {
        JsonElement result = Assert.Single(Simulate.Json($"--arch x86-64 --memory 4G --hugepages 2M:2048 --layout {layout}"));
        Assert.Equal(bytesOfATebibyte / 256, result.Get("freedBytes"));
        Assert.InRange(result.Get("splitPageTables"), 32, 34);
        Assert.Equal(result.Get("splitPageTables"), result.Get("blockSplits"));
        Assert.Equal((bytesOfATebibyte / 256) - (4096 * result.Get("splitPageTables")), result.Get("netBytes"));
    }

    /// <summary>A huge page alone in its 128 MiB pays a table for its 7 frames: 6 net, the worst case.</summary>
    [Fact]
    public void Json_OfOnePage_IsTheWorstCase()
    {
        JsonElement result = Assert.Single(Simulate.Json("--arch x86-64 --memory 4G --hugepages 2M:1"));
        Assert.Equal((7, 1, 6 * 4096), (result.Get("freedPages"), result.Get("splitPageTables"), result.Get("netBytes")));

        // A new table's 512 entries, the entry that leads to it, and the 8 of the huge page.
        Assert.Equal(512 + 1 + 8, result.Get("pteWrites"));
    }

    /// <summary>One 1G page and 512 of 2M on one machine, each with its own counts.</summary>
    [Fact]
    public void Json_OfTwoSizes_CountsEachAlone()
    {
        JsonElement[] results = Simulate.Json("--arch x86-64 --memory 8G --hugepages 2M:512 --hugepages 1G:1");
        Assert.Equal([2097152, 1073741824], results.Select(result => result.Get("hugePageSize")));
        Assert.Equal([512 * 7, 4095], results.Select(result => result.Get("freedPages")));
        Assert.Equal(8, results[1].Get("splitPageTables"));
        Assert.Equal(FreeFrames(results[1]) - (512 * 512) + (512 * 7) - results[0].Get("splitPageTables"), FreeFrames(results[0]));
    }

    [Fact]
    public void Json_OfASizeThatIsTooSmall_SaysWhy()
    {
        JsonElement result = Assert.Single(Simulate.Json("--arch riscv64-sv48 --memory 1G --hugepages 64K:16"));
        Assert.Equal("64K: 1024 bytes of struct pages are less than one page", result.GetProperty("reason").GetString());
        Assert.Equal((0, 0, 0), (result.Get("optimized"), result.Get("freedPages"), result.Get("pteWrites")));
    }

    [Fact]
    public void Json_OfAnOddStructPage_SaysWhy()
    {
        JsonElement result = Assert.Single(Simulate.Json("--arch x86-64 --memory 1G --hugepages 2M:4 --struct-page-size 56"));
        Assert.Contains("56 bytes is no power of two", result.GetProperty("reason").GetString());
        Assert.Equal(0, result.Get("freedPages"));
    }

    /// <summary>Struct pages of 128 bytes: 16 vmemmap pages, of which one is kept.</summary>
    [Fact]
    public void Json_OfALargeStructPage_GivesMore() =>
        Assert.Equal(4 * 15, Assert.Single(Simulate.Json("--arch x86-64 --memory 1G --hugepages 2M:4 --struct-page-size 128")).Get("freedPages"));

    [Fact]
    public void Json_OfArm64_RefusesAsMainlineDoes()
    {
        JsonElement result = Assert.Single(Simulate.Json("--arch arm64-4k --memory 1G --hugepages 2M:4"));
        Assert.Contains("break-before-make", result.GetProperty("reason").GetString());
        Assert.Equal(0, result.Get("optimized"));
    }

    /// <summary>Huge pages come from each node in turn, and from its highest zone: two zones, a shared tail page in each.</summary>
    [Fact]
    public void Json_OfTwoNodes_SharesATailInEach() =>
        Assert.Equal(2, Assert.Single(Simulate.Json("--arch x86-64 --memory 16G --nodes 2 --hugepages 2M:64 --layout shared-tail")).Get("sharedTailPages"));

    [Fact]
    public void Json_OfComparedLayouts_HasAnObjectForEach()
    {
        JsonElement[] results = Simulate.Json("--arch x86-64 --memory 1G --hugepages 2M:16 --compare");
        Assert.Equal(
            ["reserve-two", "reserve-one-kept-head", "reserve-one", "shared-tail"],
            results.Select(result => result.GetProperty("layout").GetString()));
        Assert.Equal([96, 112, 112, 112], results.Select(result => result.Get("freedPages")));
    }

    /// <summary>On base pages the algorithm that does not split is one more.</summary>
    [Fact]
    public void Json_OfComparedLayouts_OnBasePages_HasThePostedOneToo() => Assert.Equal(
        5, Simulate.Json("--arch x86-64 --memory 1G --hugepages 2M:16 --compare --vmemmap pages").Length);

    [Fact]
    public void Json_WithFailures_IsTheSameForTheSameSeed()
    {
        string arguments = $"{Small} --fail-allocations 5% --json";
        string first = Simulate.Text($"{arguments} --seed 7");
        Assert.Equal(first, Simulate.Text($"{arguments} --seed 7"));
        Assert.NotEqual(first, Simulate.Text($"{arguments} --seed 8"));
    }

    [Fact]
    public void Json_WithNothingButFailures_OptimizesNothing()
    {
        JsonElement result = Assert.Single(Simulate.Json($"{Small} --fail-allocations 1"));
        Assert.Equal((512, 0, 0), (result.Get("hugePages"), result.Get("optimized"), result.Get("freedPages")));
        Assert.Equal("2M: 512 of 512 stayed as they were: allocations failed", result.GetProperty("reason").GetString());
    }

    private static long FreeFrames(JsonElement result) =>
        result.GetProperty("freeByOrder").EnumerateArray().Select((blocks, order) => blocks.GetInt64() << order).Sum();
}
