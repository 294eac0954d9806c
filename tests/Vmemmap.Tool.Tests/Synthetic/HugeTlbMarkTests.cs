using Vmemmap.SyntheticImages;

namespace Vmemmap.Tool.Tests.Synthetic;

/// <summary>Every way in which a kernel marked a HugeTLB head.</summary>
public sealed class HugeTlbMarkTests
{
    private const ulong Mega = 1UL << 20;

    [Theory]
    [InlineData("5.14.21", 64)]
    [InlineData("5.18.19", 64)]
    [InlineData("6.1.192", 64)]
    [InlineData("6.3.13", 64)]
    [InlineData("6.3.13", 128)]
    [InlineData("6.5.13", 64)]
    [InlineData("6.6.30", 64)]
    [InlineData("6.8.12", 64)]
    [InlineData("6.9.12", 64)]
    [InlineData("6.11.11", 64)]
    [InlineData("6.12.117", 64)]
    [InlineData("6.12.117", 128)]
    [InlineData("7.1.0", 64)]
    public void Inspect_EveryMark_FindsHugePagesAndNothingElse(string version, ulong structPageSize) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = "x86-64",
            Version = KernelVersion.Parse(version),
            StructPageSize = structPageSize,
            HugePages =
            [
                new HugePageRequest(0x100000, 1UL << 30, Optimized: true),
                new HugePageRequest(0x140000, 2 * Mega, Optimized: true),
                new HugePageRequest(0x140200, 2 * Mega),
                new HugePageRequest(0x8000, 2 * Mega),
            ],
            CompoundPages = [new CompoundPageRequest(0x140400, 9), new CompoundPageRequest(0x140600, 2)],
        });

    /// <summary>A distribution may ship another version's tables: the layout comes from the tables, not from OSRELEASE.</summary>
    [Theory]
    [InlineData("6.1.192", HvoLayout.ReserveTwo)]
    [InlineData("6.12.117", HvoLayout.ReserveTwo)]
    [InlineData("5.17.15", HvoLayout.ReserveOne)]
    public void Inspect_LayoutOfAnotherVersion_IsWhatTheTablesSay(string version, HvoLayout layout) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = "x86-64",
            Version = KernelVersion.Parse(version),
            Release = $"{version}-patched",
            Layout = layout,
            HugePages = HugePagePlaces.In("x86-64").EverySize(),
        });
}
