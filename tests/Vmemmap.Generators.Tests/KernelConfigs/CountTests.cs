using Vmemmap.Tests.Facts;

namespace Vmemmap.Generators.Tests.KernelConfigs;

/// <summary>Counts of every huge page size, for each architecture and layout, against the kernel's numbers.</summary>
public class CountTests
{
    /// <summary>Releases at both ends of each layout, and the symbol that they have.</summary>
    public static TheoryData<string, string, VmemmapLayout> Releases
    {
        get
        {
            TheoryData<string, string, VmemmapLayout> rows = [];
            foreach (string architecture in ArchitectureNames.All)
            {
                bool isLpa2 = architecture is "arm64-4k-va52" or "arm64-16k-va52";
                foreach ((string release, VmemmapLayout layout) in new[]
                {
                    ("5.14.0", VmemmapLayout.ReserveTwo), ("5.17.15", VmemmapLayout.ReserveTwo), ("5.18.0-rc1", VmemmapLayout.ReserveOne),
                    ("5.19.17", VmemmapLayout.ReserveOne), ("7.0.3", VmemmapLayout.ReserveOne), ("7.1.0", VmemmapLayout.SharedTail),
                    ("10.2", VmemmapLayout.SharedTail),
                })
                {
                    if (!isLpa2 || layout == VmemmapLayout.SharedTail || release == "7.0.3")
                    {
                        rows.Add(architecture, release, layout);
                    }
                }
            }

            return rows;
        }
    }

    // One compilation of all of them, with a class for each and for each size of a struct page.
    private static readonly Lazy<Dictionary<(string, string, int), EmittedKernel>> Kernels = new(() =>
    {
        (string Architecture, string Release)[] rows = [.. Releases.Select(row => (object[])row).Select(row => ((string)row[0], (string)row[1]))];
        string source = string.Concat(rows.Select((_, i) =>
            $"[Vmemmap.KernelConfig(\"config-{i}\")] public static partial class P{i};\n[Vmemmap.KernelConfig(\"config-{i}\", StructPageSize = 128)] public static partial class Q{i};\n"));
        Type first = ConfigProject.With(
            source, [.. rows.Select((row, i) => new ConfigText($"config-{i}", MinimalConfig.Of(row.Architecture, row.Release, Symbol(row.Release))))]).Load("P0");
        return rows.SelectMany((row, i) => new[] { (row, 64, "P" + i), (row, 128, "Q" + i) }).ToDictionary(
            k => (k.row.Architecture, k.row.Release, k.Item2), k => new EmittedKernel(first.Assembly.GetType(k.Item3)!));
    });

    [Theory]
    [MemberData(nameof(Releases))]
    public void Counts_AreTheKernels(string architecture, string release, VmemmapLayout layout)
    {
        EmittedKernel kernel = Kernels.Value[(architecture, release, 64)];
        Assert.Equal(architecture, kernel.Candidates[0].Name);
        Assert.Equal(layout, kernel.Constant<VmemmapLayout>("Layout"));
        HstateCounts[] expected = Expected(architecture);

        // The order is that of registration, which the table of facts keeps.
        Assert.Equal(expected.Select(e => e.Size), kernel.Hstates.Select(h => h.Name));
        Assert.All(expected.Zip(kernel.Hstates), pair =>
        {
            (HstateCounts counts, ConfiguredHstate hstate) = pair;
            bool isTwo = layout == VmemmapLayout.ReserveTwo;
            Assert.Equal(counts.Order, hstate.Order);
            Assert.Equal(counts.StructPages, hstate.StructPages);
            Assert.Equal(counts.VmemmapPages, hstate.VmemmapPages);
            Assert.Equal(isTwo ? counts.FreedReserveTwo : counts.FreedReserveOne, hstate.FreedPages);
            Assert.Equal(isTwo ? counts.FreedBytesReserveTwo : counts.FreedBytesReserveOne, hstate.FreedBytes);
            Assert.Equal(hstate.FreedPages == 0, hstate.ReasonForZero.Length > 0);

            // The nested type says the same as constants.
            Assert.Equal(hstate.FreedPages, kernel.Constant<long>(counts.Size, "FreedPages"));
            Assert.Equal(hstate.FreedBytes, kernel.Constant<long>(counts.Size, "FreedBytes"));
            Assert.Equal(counts.StructPages, kernel.Constant<long>(counts.Size, "StructPages"));
            Assert.Equal(counts.VmemmapPages, kernel.Constant<double>(counts.Size, "VmemmapPages"));
            Assert.Equal(hstate.Size, kernel.Constant<ulong>(counts.Size, "Size"));
            Assert.Equal(hstate.ReasonForZero, kernel.Constant<string>(counts.Size, "ReasonForZero"));

            // What is kept is written; what lies behind it is an alias (64, 256 or 1024 struct pages of 64 bytes in a page).
            long kept = (isTwo ? 2 : 1) * (long)hstate.PageSize / 64;
            Assert.Equal(hstate.FreedPages > 0 ? kept : counts.StructPages, hstate.FirstReadOnlyIndex);
        });
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void CountsOfAGivenStructPage_AreTheKernels(string architecture, string release, VmemmapLayout layout)
    {
        EmittedKernel kernel = Kernels.Value[(architecture, release, 128)];
        Assert.Equal(128, kernel.Constant<int>("StructPageSize"));
        Assert.Equal(
            Expected(architecture).Select(e => layout == VmemmapLayout.ReserveTwo ? e.FreedReserveTwoOf128 : e.FreedReserveOneOf128),
            kernel.Hstates.Select(h => h.FreedPages));
    }

    [Theory]
    [InlineData(56)]
    [InlineData(80)]
    [InlineData(96)]
    public void StructPageThatIsNoPowerOfTwo_FreesNothing(int size)
    {
        EmittedKernel kernel = MinimalConfig.Emit(MinimalConfig.Arm64(more: MinimalConfig.HvoNew), $", StructPageSize = {size}");
        Assert.All(kernel.Hstates, h => Assert.Equal(0, h.FreedPages));
        Assert.Equal($"a struct page of {size} bytes is no power of two", kernel.Hstates[0].ReasonForZero);
        Assert.Equal($"too small: {size * 16} bytes of struct pages, and one page of 4096 bytes is kept", kernel.Hstates[^1].ReasonForZero);
    }

    [Fact]
    public void GivenLayout_IsTakenForTheReleases()
    {
        EmittedKernel kernel = MinimalConfig.Emit(MinimalConfig.Arm64("6.1.192", more: MinimalConfig.HvoNew), ", Layout = Vmemmap.VmemmapLayout.ReserveTwo");
        Assert.Equal(VmemmapLayout.ReserveTwo, kernel.Constant<VmemmapLayout>("Layout"));
        Assert.Equal([4094, 126, 6, 0], kernel.Hstates.Select(h => h.FreedPages));
        Assert.Equal("too small: 1024 bytes of struct pages, and two pages of 4096 bytes are kept", kernel.Hstates[^1].ReasonForZero);
    }

    private static string Symbol(string release) => release.StartsWith("5.1", StringComparison.Ordinal) && !release.StartsWith("5.19", StringComparison.Ordinal)
        ? MinimalConfig.HvoOld
        : MinimalConfig.HvoNew;

    private static HstateCounts[] Expected(string architecture) =>
        [.. HstateCounts.ForEveryArchitecture.Select(row => (object[])row).Where(row => (string)row[0] == architecture).Select(row => (HstateCounts)row[1])];
}
