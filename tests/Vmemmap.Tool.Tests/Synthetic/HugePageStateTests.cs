using Vmemmap.SyntheticImages;

namespace Vmemmap.Tool.Tests.Synthetic;

/// <summary>Pages that are neither optimized nor untouched: half way, restored, mislabelled, self-hosted.</summary>
public sealed class HugePageStateTests
{
    private const ulong Mega = 1UL << 20;
    private const ulong Giga = 1UL << 30;

    [Theory]
    [InlineData("x86-64", "5.17.15", new[] { 2, 3 })]
    [InlineData("x86-64", "6.1.192", new[] { 1 })]
    [InlineData("x86-64", "6.12.117", new[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData("x86-64", "6.12.117", new[] { 4, 5, 6, 7 })]
    [InlineData("x86-64", "7.1.0", new[] { 5, 6, 7 })]
    [InlineData("x86-64", "7.1.0", new[] { 7 })]
    [InlineData("x86-64", "6.12.117", new[] { 7 })]
    [InlineData("x86-64", "5.17.15", new[] { 5 })]
    [InlineData("riscv64-sv48", "7.1.0", new[] { 3 })]
    [InlineData("riscv64-sv48", "6.12.117", new[] { 6, 7 })]
    [InlineData("arm64-4k-va48", "6.1.192", new[] { 2, 3, 4 })]
    public void Inspect_HalfOptimized_IsPartial(string architecture, string version, int[] slots)
    {
        HugePagePlaces places = HugePagePlaces.In(architecture);
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            Version = KernelVersion.Parse(version),
            HugePages =
            [
                new HugePageRequest(places.Next(2 * Mega), 2 * Mega, Optimized: true),
                new HugePageRequest(places.Next(2 * Mega), 2 * Mega) { PartialSlots = slots },
                new HugePageRequest(places.Next(2 * Mega), 2 * Mega),
            ],
        });
    }

    /// <summary>Each with one alias of the tail that they share: nothing repeats within a page.</summary>
    [Theory]
    [InlineData("x86-64", 1)]
    [InlineData("x86-64", 2)]
    [InlineData("arm64-4k-va48", 1)]
    [InlineData("riscv64-sv48", 2)]
    public void Inspect_OneAliasOfASharedTailLeft_IsPartial(string architecture, int pages)
    {
        HugePagePlaces places = HugePagePlaces.In(architecture);
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            Version = KernelVersion.Parse("7.1.0"),
            HugePages = [.. Enumerable.Range(0, pages).Select(_ => new HugePageRequest(places.Next(2 * Mega), 2 * Mega) { PartialSlots = [7] })],
        });
    }

    [Fact]
    public void Inspect_OnlyPartialPages_HasNoLayout() =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = "x86-64",
            HugePages = [new HugePageRequest(0x100000, 2 * Mega) { PartialSlots = [1, 2, 3] }],
        });

    [Theory]
    [InlineData("x86-64", "6.1.192")]
    [InlineData("x86-64", "6.12.117")]
    [InlineData("arm64-16k-va47", "6.12.117")]
    [InlineData("riscv64-sv57", "6.12.117")]
    public void Inspect_FlagAgainstTables_IsAMismatch(string architecture, string version)
    {
        HugePagePlaces places = HugePagePlaces.In(architecture);
        ulong size = places.Machine.PageShift == 14 ? 32 * Mega : 2 * Mega;
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            Version = KernelVersion.Parse(version),
            HugePages =
            [
                new HugePageRequest(places.Next(size), size, Optimized: true) { Flag = false },
                new HugePageRequest(places.Next(size), size) { Flag = true },
                new HugePageRequest(places.Next(size), size, Optimized: true),
                new HugePageRequest(places.Next(size), size),
            ],
        });
    }

    [Theory]
    [InlineData("x86-64")]
    [InlineData("riscv64-sv48")]
    [InlineData("arm64-4k-va48")]
    [InlineData("arm64-16k-va47")]
    public void Inspect_RestoredWithStaleHeads_CountsThemApart(string architecture)
    {
        HugePagePlaces places = HugePagePlaces.In(architecture);
        ulong size = places.Machine.PageShift == 14 ? 32 * Mega : 2 * Mega;
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            HugePages = [new HugePageRequest(places.Next(size), size, Optimized: true)],
            RestoredPages =
            [
                new RestoredPageRequest(places.Next(size), size, StaleHeads: true),
                new RestoredPageRequest(places.Next(size), size, StaleHeads: true),
            ],
        });
    }

    /// <summary>arm64 6.12 with 16K pages leaves HugeTLB page types without PG_head: not counted.</summary>
    [Fact]
    public void Inspect_StaleTypesWithoutHeadFlag_AreNoHeads() =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = "arm64-16k-va47",
            RestoredPages = [new RestoredPageRequest((2 * Giga) >> 14, 32 * Mega, StaleHeads: true) { KeepsHeadFlag = false }],
        });

    /// <summary>Restored pages lie out of place and are no aliases; their tables stay split.</summary>
    [Theory]
    [InlineData("x86-64", "6.1.192")]
    [InlineData("riscv64-sv39", "6.12.117")]
    public void Inspect_RestoredClean_KeepsOnlyTheTables(string architecture, string version)
    {
        HugePagePlaces places = HugePagePlaces.In(architecture);
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            Version = KernelVersion.Parse(version),
            HugePages = [new HugePageRequest(places.Next(2 * Mega), 2 * Mega, Optimized: true)],
            RestoredPages = [new RestoredPageRequest(places.Next(256 * Mega), 2 * Mega)],
        });
    }

    [Fact]
    public void Inspect_SplitTableWithoutAlias_WarnsOfAnUpperBound()
    {
        InspectReport report = InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = "x86-64",
            SplitAt = [0x120000],
            HugePages = [new HugePageRequest(0x100000, 2 * Mega, Optimized: true)],
        });
        Assert.Contains(report.Warnings, warning => warning.Contains("upper bound", StringComparison.Ordinal));
    }

    /// <summary>memmap_on_memory: HVO skips pages whose struct pages lie in their own memory block.</summary>
    [Theory]
    [InlineData("x86-64")]
    [InlineData("arm64-4k-va48")]
    [InlineData("arm64-64k-va48")]
    public void Inspect_SelfHosted_IsNotOptimized(string architecture)
    {
        MachineGeometry machine = Machines.Find(architecture);
        ulong size = machine.PageShift == 16 ? 512 * Mega : 2 * Mega;
        MemoryRange block = new(16 * Giga, machine.PageShift == 16 ? Giga : 128 * Mega);
        ulong inside = machine.PageShift == 16 ? block.Start + (512 * Mega) : block.Start + (32 * Mega);
        SyntheticKernel kernel = new()
        {
            Architecture = architecture,
            SelfHostedBlocks = [block],
            HugePages =
            [
                new HugePageRequest(HugePagePlaces.In(architecture).Next(size), size, Optimized: true),
                new HugePageRequest(inside >> machine.PageShift, size),
            ],
        };
        InspectReport.AssertTrue(kernel);

        // The reason is for people.
        using TemporaryImage file = new(kernel.Build());
        Assert.Contains("1 not optimized, self-hosted", ToolRun.Of("inspect", file.Path).Output, StringComparison.Ordinal);
    }

    /// <summary>Each zone and each order has a shared tail frame of its own.</summary>
    [Fact]
    public void Inspect_SharedTails_CountsOneForEachZoneAndOrder()
    {
        InspectReport report = InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = "x86-64",
            Version = new KernelVersion(7, 1),
            HugePages =
            [
                new HugePageRequest(0x10000, 2 * Mega, Optimized: true) { Zone = 1 },
                new HugePageRequest(0x10200, 2 * Mega, Optimized: true) { Zone = 1 },
                new HugePageRequest(0x140000, 2 * Mega, Optimized: true) { Zone = 2 },
                new HugePageRequest(0x140200, 2 * Mega, Optimized: true) { Zone = 2 },
                new HugePageRequest(0x100000, Giga, Optimized: true) { Zone = 2 },
            ],
        });
        Assert.Equal(3, report.Json.GetProperty("sharedTailPages").GetInt64());
    }

    /// <summary>A kernel that fell back to the head's own frame, and one that copied it: the same to a reader.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Inspect_HeadFrame_MayBeOldOrNew(bool copied) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = "x86-64",
            HugePages = [new HugePageRequest(0x100000, 2 * Mega, Optimized: true) { HeadCopied = copied }],
        });
}
