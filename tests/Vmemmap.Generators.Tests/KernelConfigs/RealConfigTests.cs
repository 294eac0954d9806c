using System.Globalization;
using System.Text.RegularExpressions;

namespace Vmemmap.Generators.Tests.KernelConfigs;

/// <summary>Each real configuration selects what its image turned out to be. The images' truth files say what that is.</summary>
public partial class RealConfigTests
{
    /// <summary>Pairs as tests/fixtures/kernel-configs/README.md has them.</summary>
    public static TheoryData<string, string> Pairs => new()
    {
        { "config-6.1.0-56-amd64", "x86_64-6.1-4level-nokaslr" },
        { "config-6.1.0-56-amd64", "x86_64-6.1-4level-hvooff" },
        { "config-6.12.117+deb12-amd64", "x86_64-6.12-4level-kaslr" },
        { "config-6.12.117+deb12-amd64", "x86_64-6.12-devdax-2M" },
        { "config-6.12.117+deb12-arm64-16k", "arm64-6.12-16k-va52-debian-nohvo" },
        { "config-6.1-arm64-4k-va48-hvo", "arm64-6.1-4k-va48-hvo" },
        { "config-6.1-arm64-64k-va48-hvo", "arm64-6.1-64k-va48-hvo" },
        { "config-6.12-arm64-16k-va47-hvo", "arm64-6.12-16k-va47-hvo" },
        { "config-6.12-arm64-4k-va52-hvo", "arm64-6.12-4k-va52on48-hvo" },
        { "config-6.12-riscv64-sv57-hvo", "riscv64-6.12-sv48-hvo" },
    };

    public static TheoryData<string> Configs => [.. ConfigFixture.Names];

    [Fact]
    public void ThereAreTen() => Assert.Equal(10, ConfigFixture.Names.Length);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Config_SelectsWhatItsImageIs(string config, string image)
    {
        EmittedKernel kernel = new(ConfigProject.Of(ConfigFixture.Read(config)).Load());
        ImageTruth truth = new(image);

        // The images' architectures, walked by another program: bits, levels and page size that the kernel ran with.
        Architecture running = Architectures.Find(kernel.Select(truth.Number("va_bits")))!;
        Assert.Equal(truth.Number("va_bits"), running.VirtualAddressBits);
        Assert.Equal(truth.Number("page_table_levels"), running.Levels.Count);
        Assert.Equal(truth.Number("page_size"), running.PageSize);
        Assert.Contains(running.Name, kernel.CandidateNames);
        Assert.Equal((ulong)truth.Number("page_size"), kernel.Constant<ulong>("PageSize"));
        Assert.Equal(truth.Number("sizeof_struct_page"), kernel.Constant<int>("StructPageSize"));
        Assert.StartsWith(kernel.Constant<string>("KernelRelease").Split('-', '+')[0].Split('.')[0] + ".", truth["kernel"], StringComparison.Ordinal);

        // The sysctl is there exactly if HVO is built in and a size can be optimized.
        bool hasSysctl = truth["hvo_sysctl_at_end"] is "0" or "1";
        Assert.Equal(hasSysctl, kernel.Constant<bool>("HasHvo"));
        Assert.Equal(hasSysctl, kernel.Constant<string>("HvoAbsence").Length == 0);
        Assert.False(kernel.Constant<bool>("IsHvoOnAtBoot"));
        Assert.Equal(VmemmapLayout.ReserveOne, kernel.Constant<VmemmapLayout>("Layout"));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Hstates_AreThoseThatTheKernelRegistered(string config, string image)
    {
        EmittedKernel kernel = new(ConfigProject.Of(ConfigFixture.Read(config)).Load());
        ImageTruth truth = new(image);
        Assert.Equal(truth.Pools.Select(p => p.Size).Order(), kernel.Hstates.Select(h => h.Size).Order());
        foreach ((ulong size, long optimized, long freed) in truth.Pools.Where(p => p.Optimized > 0))
        {
            Assert.Equal(freed, optimized * kernel.Hstates.Single(h => h.Size == size).FreedPages);
        }

        (ulong Size, long FreeableKiB)[] log = [.. truth.BootLog];
        Assert.True(log.Length > 0 || image == "x86_64-6.12-4level-kaslr" || image == "arm64-6.12-4k-va52on48-hvo", image + " has no boot log");
        foreach ((ulong size, long kilobytes) in log)
        {
            Assert.Equal(kilobytes * 1024, kernel.Hstates.Single(h => h.Size == size).FreedBytes);
        }

        // Sizes of the command line come first, in its order; then those that are left, in the kernel's.
        ulong[] asked = [.. CommandLineSize().Matches(truth["cmdline"]).Select(m => Size(m.Groups["n"].Value, m.Groups["unit"].Value))];
        ulong[] order = [.. asked, .. kernel.Hstates.Select(h => h.Size).Except(asked)];
        if (log.Length > 0)
        {
            Assert.Equal(order, log.Select(l => l.Size));
        }
    }

    /// <summary>What the README of the fixtures says of each, and what is settled at boot.</summary>
    [Theory]
    [InlineData("config-6.1.0-56-amd64", "6.1.192", "x86-64", "x86-64-la57 x86-64", 64)]
    [InlineData("config-6.12.117+deb12-amd64", "6.12.117", "x86-64", "x86-64-la57 x86-64", 64)]
    [InlineData("config-6.1.0-56-arm64", "6.1.192", "arm64", "arm64-4k-va48", 64)]
    [InlineData("config-6.12.117+deb12-arm64", "6.12.117", "arm64", "arm64-4k-va52 arm64-4k-va48", 64)]
    [InlineData("config-6.12.117+deb12-arm64-16k", "6.12.117", "arm64", "arm64-16k-va52 arm64-16k-va47", 64)]
    [InlineData("config-6.1-arm64-4k-va48-hvo", "6.1.192", "arm64", "arm64-4k-va48", 64)]
    [InlineData("config-6.1-arm64-64k-va48-hvo", "6.1.192", "arm64", "arm64-64k-va48", 64)]
    [InlineData("config-6.12-arm64-16k-va47-hvo", "6.12.117", "arm64", "arm64-16k-va47", 64)]
    [InlineData("config-6.12-arm64-4k-va52-hvo", "6.12.117", "arm64", "arm64-4k-va52 arm64-4k-va48", 64)]
    [InlineData("config-6.12-riscv64-sv57-hvo", "6.12.117", "riscv64", "riscv64-sv57 riscv64-sv48 riscv64-sv39", 64)]
    public void Candidates_AreThoseOfTheConfig(string config, string release, string family, string candidates, int structPageSize)
    {
        EmittedKernel kernel = new(ConfigProject.Of(ConfigFixture.Read(config)).Load());
        Assert.Equal(config, kernel.Constant<string>("ConfigFile"));
        Assert.Equal(release, kernel.Constant<string>("KernelRelease"));
        Assert.Equal(family, kernel.Constant<string>("ArchitectureFamily"));
        Assert.Equal(candidates.Split(' '), kernel.CandidateNames);
        Assert.Equal(structPageSize, kernel.Constant<int>("StructPageSize"));
        bool isOnly = kernel.Candidates.Count == 1;
        Assert.Equal(isOnly, kernel.Has("ArchitectureName"));
        Assert.Equal(isOnly, kernel.Has("TryTranslate"));
    }

    [Theory]
    [InlineData("config-6.1.0-56-arm64")]
    [InlineData("config-6.12.117+deb12-arm64")]
    [InlineData("config-6.12.117+deb12-arm64-16k")]
    public void DebianArm64_SaysWhyNothingIsFreed(string config)
    {
        EmittedKernel kernel = new(ConfigProject.Of(ConfigFixture.Read(config)).Load());
        Assert.Equal("arm64 selects it no more since v6.3, and 6.1.y by stable", kernel.Constant<string>("HvoAbsence"));
        Assert.All(kernel.Hstates, h => Assert.Equal(0, h.FreedPages));
        Assert.StartsWith("too small: ", kernel.Hstates[^1].ReasonForZero, StringComparison.Ordinal);
        Assert.Equal("not built in: " + kernel.Constant<string>("HvoAbsence"), kernel.Hstates[0].ReasonForZero);
    }

    [Theory]
    [MemberData(nameof(Configs))]
    public void RealConfig_HasNoMistake(string config)
    {
        ConfigProject project = ConfigProject.Of(ConfigFixture.Read(config));
        Assert.Empty(project.Result.Diagnostics);
        Assert.Empty(project.Analyze());
        Assert.Empty(project.Compile().GetDiagnostics());
    }

    // The image's configuration is not there: it is the other riscv64 one without memcg, which is all that makes its struct page 56 bytes.
    [Fact]
    public void WithoutMemcg_RiscVHasTheStructPageOfItsImage()
    {
        ConfigText config = ConfigFixture.Read("config-6.12-riscv64-sv57-hvo")
            .With("CONFIG_MEMCG=y", "# CONFIG_MEMCG is not set").With("CONFIG_SLAB_OBJ_EXT=y\n", "");
        EmittedKernel kernel = new(ConfigProject.Of(config).Load());
        ImageTruth truth = new("riscv64-6.12-sv57-page56-nohvo");
        Assert.Equal(truth.Number("sizeof_struct_page"), kernel.Constant<int>("StructPageSize"));
        Assert.Equal("riscv64-sv57", kernel.Select(truth.Number("va_bits")));
        Assert.Equal([7.0, 3584.0], kernel.Hstates.Select(h => h.VmemmapPages).Order());
        Assert.All(kernel.Hstates, h => Assert.Equal("a struct page of 56 bytes is no power of two", h.ReasonForZero));
        foreach ((ulong size, long kilobytes) in truth.BootLog)
        {
            Assert.Equal(kilobytes * 1024, kernel.Hstates.Single(h => h.Size == size).FreedBytes);
        }
    }

    private static ulong Size(string number, string unit) =>
        ulong.Parse(number, CultureInfo.InvariantCulture) << (unit == "K" ? 10 : unit == "M" ? 20 : 30);

    [GeneratedRegex(@"hugepagesz=(?<n>\d+)(?<unit>[KMG])")]
    private static partial Regex CommandLineSize();
}
