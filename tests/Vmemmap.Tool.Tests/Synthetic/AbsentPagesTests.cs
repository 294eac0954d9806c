using Vmemmap.SyntheticImages;

namespace Vmemmap.Tool.Tests.Synthetic;

/// <summary>What is absent from an image is unknown, never zero.</summary>
public sealed class AbsentPagesTests
{
    private const ulong Mega = 1UL << 20;
    private const ulong Giga = 1UL << 30;

    public static TheoryData<string> Names() => [.. Machines.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Inspect_OnlyFramesOfHugePages_KnowsAllButStaleHeads(string architecture) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            WholeVmemmap = false,
            HugePages = HugePagePlaces.In(architecture).EverySize(),
        });

    [Fact]
    public void Inspect_OneUnusedFrameAbsent_DoesNotCountStaleHeads() =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = "x86-64",
            HugePages = [new HugePageRequest(0x100000, 2 * Mega, Optimized: true)],
            RestoredPages = [new RestoredPageRequest(0x140000, 2 * Mega, StaleHeads: true)],
            AbsentStructPages = [0x150000],
        });

    [Theory]
    [InlineData("x86-64")]
    [InlineData("riscv64-sv39")]
    public void Inspect_OneTableOfAHugePageAbsent_LeavesThePageUnknown(string architecture)
    {
        const ulong Head = (4 * Giga) >> 12;
        InspectReport report = InspectReport.Of(new SyntheticKernel
        {
            Architecture = architecture,
            HugePages = [new HugePageRequest(Head, Giga, Optimized: true)],

            // The third of the eight last-level tables.
            Edit = tables => tables.DropTable(tables.Machine.LastLevel, tables.StructPage(Head + 0x10000)),
        }.Build());

        var size = report.Json.GetProperty("hugetlb").EnumerateArray().Single(item => item.GetProperty("size").GetUInt64() == Giga);
        Assert.Equal(0, size.GetProperty("optimized").GetInt64());
        Assert.Equal(1, size.GetProperty("unknown").GetInt64());
        Assert.NotEmpty(report.Warnings);
    }

    [Fact]
    public void Inspect_HeadOfAnUnoptimizedPageAbsent_Warns()
    {
        InspectReport report = InspectReport.Of(new SyntheticKernel
        {
            Architecture = "x86-64",
            HugePages = [new HugePageRequest(0x100000, 2 * Mega), new HugePageRequest(0x140000, 2 * Mega, Optimized: true)],
            AbsentStructPages = [0x100000],
        }.Build());

        Assert.Equal(System.Text.Json.JsonValueKind.Null, report.Json.GetProperty("staleHeads").ValueKind);
        Assert.Equal(7, report.Json.GetProperty("freedPages").GetInt64());
        Assert.NotEmpty(report.Warnings);
    }
}
