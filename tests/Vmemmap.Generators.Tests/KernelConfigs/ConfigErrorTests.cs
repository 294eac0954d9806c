using Vmemmap.Generators.KernelConfigs.Model;
using Vmemmap.Generators.KernelConfigs.Parsing;

namespace Vmemmap.Generators.Tests.KernelConfigs;

/// <summary>Mistakes of configuration files, each at its line in every spelling of the file.</summary>
public class ConfigErrorTests
{
    private static string Message(string marked)
    {
        KernelConfigFile file = MarkedConfig.Check(marked);
        ConfigDiagnostic only = Assert.Single(file.Diagnostics);
        Assert.Equal(only.Id is ConfigRules.MalformedLine or ConfigRules.SetTwice or ConfigRules.ForeignSymbol, file.Spec != null);
        return only.Message;
    }

    private static string Replace(string config, string old, string replacement)
    {
        Assert.Contains(old, config, StringComparison.Ordinal);
        return config.Replace(old, replacement, StringComparison.Ordinal);
    }

    [Fact]
    public void SoundConfigs_HaveNoMistake() => Assert.All(Vmemmap.Tests.Facts.ArchitectureNames.All, name => MarkedConfig.Check(MinimalConfig.Of(name, "6.12.1")));

    [Theory]
    [InlineData("{|VMM3001:|}")]
    [InlineData("{|VMM3001:<project>|}\n</project>\n")]
    [InlineData("{|VMM3001:# Linux/x86 6.12.1 Kernel Configuration|}\n")]
    [InlineData("{|VMM3001:CONFIG_=y|}\nconfig_x=y\n")]
    public void AnotherFile_IsToldOnce(string text) => Assert.StartsWith("this is no kernel configuration: no line sets a CONFIG_ symbol;", Message(text), StringComparison.Ordinal);

    [Fact]
    public void CompressedFile_IsNoConfig() => Assert.Contains(
        "decompress it with zcat", Assert.Single(ConfigParser.Parse("\u001F\uFFFD\u0008").Diagnostics).Message, StringComparison.Ordinal);

    // A file that is not there, or is no text, has no text for a generator; the compiler says which (CS2001, CS2015).
    [Fact]
    public void FileThatTheCompilerCannotRead_IsTheCompilersToTell()
    {
        ConfigProject project = ConfigProject.Of(new ConfigText("config", null));
        Assert.Empty(project.Result.GeneratedSources);
        Assert.Empty(project.Result.Diagnostics);
        Assert.Empty(project.Analyze());
    }

    [Theory]
    [InlineData("{|VMM3002:CONFIG_X86_64=y|}\nCONFIG_64BIT=y\n")]
    [InlineData("{|VMM3002:# Automatically generated|}\nCONFIG_X86_64=y\n")]
    [InlineData("{|VMM3002:# Linux/x86 six Kernel Configuration|}\nCONFIG_X86_64=y\n")]
    [InlineData("{|VMM3002:# Linux/x86 6 Kernel Configuration|}\nCONFIG_X86_64=y\n")]
    [InlineData("{|VMM3002:# Linux/x86 6.12.1|}\nCONFIG_X86_64=y\n")]
    [InlineData("{|VMM3002:# Linux/x86 6.12.1\" Kernel Configuration|}\nCONFIG_X86_64=y\n")]
    [InlineData("{|VMM3002:# Linux/ Kernel Configuration|}\nCONFIG_X86_64=y\n")]
    public void NoVersion_IsTold(string text) => Message(text);

    [Theory]
    [InlineData("6.12.117")]
    [InlineData("7.1.0-rc3")]
    [InlineData("5.14.0-362.8.1.el9_3.x86_64")]
    [InlineData("6.6.0+")]
    [InlineData("10.2")]
    public void Release_MayHaveAnyTail(string release) =>
        Assert.Equal(release, MarkedConfig.Check(MinimalConfig.X64(release)).Spec!.Release);

    [Theory]
    [InlineData("CONFIG_FOO", "a line is CONFIG_NAME=value, # CONFIG_NAME is not set, another comment, or empty")]
    [InlineData(" CONFIG_FOO=y", "a line is CONFIG_NAME=value, # CONFIG_NAME is not set, another comment, or empty")]
    [InlineData("\tCONFIG_FOO=y", "a line is CONFIG_NAME=value, # CONFIG_NAME is not set, another comment, or empty")]
    [InlineData("CONFIG_A-B=y", "a line is CONFIG_NAME=value, # CONFIG_NAME is not set, another comment, or empty")]
    [InlineData("<<<<<<< HEAD", "a line is CONFIG_NAME=value, # CONFIG_NAME is not set, another comment, or empty")]
    [InlineData("CONFIG_KMSAN=yes", "CONFIG_KMSAN is y, m or n")]
    [InlineData("CONFIG_NR_CPUS=many", "CONFIG_NR_CPUS is a number")]
    [InlineData("CONFIG_NR_CPUS=-1", "CONFIG_NR_CPUS is a number")]
    [InlineData("CONFIG_NR_CPUS=99999999999", "CONFIG_NR_CPUS is a number")]
    public void MalformedLine_IsToldAndIgnored(string line, string rule) =>
        Assert.Equal("the line is ignored: " + rule, Message(MinimalConfig.X64(more: $"{{|VMM3003:{line}|}}\nCONFIG_LAST=\"=y\"\n")));

    [Fact]
    public void ManyMalformedLines_AreNotAllTold() =>
        Assert.Equal(20, ConfigParser.Parse(MinimalConfig.X64(more: string.Concat(Enumerable.Repeat("bad\n", 500)))).Diagnostics.Count);

    [Fact]
    public void SymbolSetTwice_LastLineCounts()
    {
        string config = MinimalConfig.X64(more: "# CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP is not set\n{|VMM3004:CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP=y|}\n");
        Assert.Equal(
            "CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP=y, but CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP (not set) in line 15; the last line counts, remove the other",
            Message(config));
        Assert.True(MarkedConfig.Check(config).Spec!.Hvo.IsBuiltIn);
    }

    [Fact]
    public void SymbolSetTwiceAlike_IsNoMistake() => MarkedConfig.Check(MinimalConfig.X64(more: "CONFIG_MEMCG=y\nCONFIG_MEMCG=y\n"));

    [Theory]
    [InlineData("{|VMM3005:CONFIG_PAGE_SHIFT=14|}", "CONFIG_PAGE_SHIFT=14 is 16K pages, but CONFIG_ARM64_4K_PAGES=y in line 12 is 4K pages; make the file again with make olddefconfig")]
    [InlineData("{|VMM3005:CONFIG_PAGE_SHIFT=3|}", "CONFIG_PAGE_SHIFT=3 is 2^3-byte pages, but CONFIG_ARM64_4K_PAGES=y in line 12 is 4K pages; make the file again with make olddefconfig")]
    [InlineData("{|VMM3005:CONFIG_PAGE_SIZE_64KB=y|}", "CONFIG_PAGE_SIZE_64KB=y is 64K pages, but CONFIG_ARM64_4K_PAGES=y in line 12 is 4K pages; make the file again with make olddefconfig")]
    [InlineData("{|VMM3005:CONFIG_ARM64_PAGE_SHIFT=16|}", "CONFIG_ARM64_PAGE_SHIFT=16 is 64K pages, but CONFIG_ARM64_4K_PAGES=y in line 12 is 4K pages; make the file again with make olddefconfig")]
    [InlineData("{|VMM3005:CONFIG_ARM64_VA_BITS_39=y|}", "CONFIG_ARM64_VA_BITS_39=y, but CONFIG_ARM64_VA_BITS_48=y in line 13; make the file again with make olddefconfig")]
    [InlineData("CONFIG_ARM64_PA_BITS_48=y\n{|VMM3005:CONFIG_ARM64_PA_BITS=52|}", "CONFIG_ARM64_PA_BITS=52, but CONFIG_ARM64_PA_BITS_48=y in line 16; make the file again with make olddefconfig")]
    [InlineData("{|VMM3005:CONFIG_PGTABLE_LEVELS=3|}", "CONFIG_PGTABLE_LEVELS=3, but 48 bits (CONFIG_ARM64_VA_BITS_48=y in line 13) with 4K pages (CONFIG_ARM64_4K_PAGES=y in line 12) have 4 levels")]
    [InlineData("{|VMM3005:CONFIG_ARM64_CONT_PTE_SHIFT=7|}", "CONFIG_ARM64_CONT_PTE_SHIFT=7, but with 4K pages (CONFIG_ARM64_4K_PAGES=y in line 12) it is 4")]
    [InlineData("{|VMM3005:CONFIG_ARM64_CONT_PMD_SHIFT=5|}", "CONFIG_ARM64_CONT_PMD_SHIFT=5, but with 4K pages (CONFIG_ARM64_4K_PAGES=y in line 12) it is 4")]
    [InlineData("{|VMM3005:CONFIG_X86_64=y|}", "CONFIG_X86_64=y and CONFIG_ARM64=y in line 5; a kernel is for one architecture")]
    [InlineData("{|VMM3005:# Linux/arm64 6.1.5 Kernel Configuration|}", "a second header says arm64 6.1.5, line 3 says arm64 6.12.1; keep one kernel's configuration in a file")]
    [InlineData("{|VMM3005:CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP_DEFAULT_ON=y|}", "CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP_DEFAULT_ON=y needs CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP=y, which no line sets (the header is in line 3); make the file again with make olddefconfig")]
    public void Contradiction_NamesBothLines(string line, string message) => Assert.Equal(message, Message(MinimalConfig.Arm64(more: line + "\n")));

    [Theory]
    [InlineData("CONFIG_SPARSEMEM_VMEMMAP=y", "# CONFIG_SPARSEMEM_VMEMMAP is not set", "needs CONFIG_SPARSEMEM_VMEMMAP=y, but CONFIG_SPARSEMEM_VMEMMAP (not set) in line 9;")]
    [InlineData("CONFIG_HUGETLB_PAGE=y", "# CONFIG_HUGETLB_PAGE is not set", "needs CONFIG_HUGETLB_PAGE=y, but CONFIG_HUGETLB_PAGE (not set) in line 11;")]
    public void HvoWithoutWhatItNeeds_IsAContradiction(string old, string replacement, string message) => Assert.Contains(
        message, Message(Replace(MinimalConfig.Arm64(more: "{|VMM3005:CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP=y|}\n"), old, replacement)), StringComparison.Ordinal);

    [Fact]
    public void HeaderOfAnotherArchitecture_IsAContradiction() => Assert.Equal(
        "CONFIG_ARM64=y, but the header in line 3 says x86; make the file again for one architecture",
        Message(Replace(Replace(MinimalConfig.Arm64(), "Linux/arm64", "Linux/x86"), "CONFIG_ARM64=y", "{|VMM3005:CONFIG_ARM64=y|}")));

    [Theory]
    [InlineData(5, "CONFIG_X86_5LEVEL=y", "{|VMM3005:# CONFIG_X86_5LEVEL is not set|}", "CONFIG_X86_5LEVEL (not set), but CONFIG_PGTABLE_LEVELS=5 in line 12; five levels need both, four need neither")]
    [InlineData(4, "# CONFIG_X86_5LEVEL is not set", "{|VMM3005:CONFIG_X86_5LEVEL=y|}", "CONFIG_X86_5LEVEL=y, but CONFIG_PGTABLE_LEVELS=4 in line 12; five levels need both, four need neither")]
    [InlineData(4, "CONFIG_PGTABLE_LEVELS=4\n# CONFIG_X86_5LEVEL is not set", "{|VMM3005:CONFIG_PGTABLE_LEVELS=3|}", "CONFIG_PGTABLE_LEVELS=3: x86-64 has 4 or 5 levels")]
    public void LevelsOfX86_MustAgree(int levels, string old, string replacement, string message) =>
        Assert.Equal(message, Message(Replace(MinimalConfig.X64(levels: levels), old, replacement)));

    [Theory]
    [InlineData(16, 39, "16K pages (CONFIG_ARM64_16K_PAGES=y in line 12) have 36, 47, 48 or 52 bits of virtual address")]
    [InlineData(64, 47, "64K pages (CONFIG_ARM64_64K_PAGES=y in line 12) have 42, 48 or 52 bits of virtual address")]
    [InlineData(4, 42, "4K pages (CONFIG_ARM64_4K_PAGES=y in line 12) have 39, 48 or 52 bits of virtual address")]
    [InlineData(4, 36, "4K pages (CONFIG_ARM64_4K_PAGES=y in line 12) have 39, 48 or 52 bits of virtual address")]
    public void PagesAndBitsThatDoNotMeet_AreImpossible(int pages, int bits, string message) => Assert.Equal(
        $"CONFIG_ARM64_VA_BITS_{bits}=y: {message}",
        Message(Replace(MinimalConfig.Arm64(pages: pages, bits: bits), $"CONFIG_ARM64_VA_BITS_{bits}=y", $"{{|VMM3006:CONFIG_ARM64_VA_BITS_{bits}=y|}}")));

    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    public void Lpa2BeforeItCame_IsToldAndCounts(int pages)
    {
        string config = Replace(MinimalConfig.Arm64("6.8.12", pages, 52), "CONFIG_ARM64_VA_BITS_52=y", "{|VMM3009:CONFIG_ARM64_VA_BITS_52=y|}");
        Assert.Equal(
            $"CONFIG_ARM64_VA_BITS_52=y: 52 bits with {pages}K pages (LPA2) came with v6.9, but the header in line 3 says 6.8.12; it was ported back, so it counts",
            Message(config));
        Assert.Equal(
            [$"arm64-{pages}k-va52", pages == 4 ? "arm64-4k-va48" : "arm64-16k-va47"], MarkedConfig.Check(config).Spec!.Candidates.Select(c => c.Name));
    }

    [Fact]
    public void VendorsKernelWithLpa2_IsGenerated()
    {
        ConfigProject project = ConfigProject.Of(
            ConfigFixture.Read("config-6.12-arm64-4k-va52-hvo").With("# Linux/arm64 6.12.117 ", "# Linux/arm64 6.6.30-vendor "));
        Assert.Equal("VMM3009", Assert.Single(project.Result.Diagnostics).Id);
        EmittedKernel kernel = new(project.Load());
        Assert.Equal("6.6.30-vendor", kernel.Constant<string>("KernelRelease"));
        Assert.Equal(["arm64-4k-va52", "arm64-4k-va48"], kernel.CandidateNames);
    }

    [Fact]
    public void Bits52With64KPages_AreOlder() => MarkedConfig.Check(MinimalConfig.Arm64("5.10.1", 64, 52));

    [Fact]
    public void Bits36WithoutExpert_AreImpossible() => Assert.Equal(
        "CONFIG_ARM64_VA_BITS_36=y: 36 bits are for CONFIG_EXPERT=y only",
        Message(Replace(Replace(MinimalConfig.Arm64(pages: 16, bits: 36), "CONFIG_EXPERT=y\n", ""), "CONFIG_ARM64_VA_BITS_36=y", "{|VMM3006:CONFIG_ARM64_VA_BITS_36=y|}")));

    // 6.12 arch/arm64/Kconfig ARM64_PA_BITS_48, _52.
    [Theory]
    [InlineData(4, 48, 48, true)]
    [InlineData(4, 52, 52, true)]
    [InlineData(4, 48, 52, false)]
    [InlineData(4, 52, 48, false)]
    [InlineData(16, 47, 52, false)]
    [InlineData(16, 52, 48, false)]
    [InlineData(64, 48, 52, true)]
    [InlineData(64, 52, 48, true)]
    [InlineData(64, 42, 52, true)]
    [InlineData(64, 48, 44, false)]
    public void PhysicalBits_MustMeetTheVirtualOnes(int pages, int bits, int physical, bool isSound)
    {
        string line = $"CONFIG_ARM64_PA_BITS={physical}";
        string config = MinimalConfig.Arm64(pages: pages, bits: bits, more: (isSound ? line : $"{{|VMM3006:{line}|}}") + "\n");
        Assert.Equal(isSound, MarkedConfig.Check(config).Spec != null);
    }

    [Theory]
    [InlineData("{|VMM3006:CONFIG_PAGE_SIZE_16KB=y|}", "CONFIG_PAGE_SIZE_16KB=y is 16K pages; x86-64 has pages of 4K")]
    [InlineData("{|VMM3006:CONFIG_PAGE_SHIFT=16|}", "CONFIG_PAGE_SHIFT=16 is 64K pages; x86-64 has pages of 4K")]
    public void PagesThatX86HasNot_AreImpossible(string line, string message) => Assert.Equal(message, Message(MinimalConfig.X64(more: line + "\n")));

    [Fact]
    public void PagesThatArmHasNot_AreImpossible() => Assert.Equal(
        "CONFIG_PAGE_SIZE_8KB=y is 8K pages; arm64 has pages of 4K, 16K and 64K",
        Message(Replace(MinimalConfig.Arm64(), "CONFIG_ARM64_4K_PAGES=y", "{|VMM3006:CONFIG_PAGE_SIZE_8KB=y|}")));

    [Fact]
    public void TwoLevelsOnRiscV_AreImpossible() => Assert.Equal(
        "CONFIG_PGTABLE_LEVELS=2: a 64-bit riscv kernel has 3, 4 or 5 levels",
        Message(Replace(MinimalConfig.RiscV64(), "CONFIG_PGTABLE_LEVELS=5", "{|VMM3006:CONFIG_PGTABLE_LEVELS=2|}")));

    [Theory]
    [InlineData("loongarch", "CONFIG_LOONGARCH=y\nCONFIG_64BIT=y\nCONFIG_PAGE_SIZE_16KB=y\n", "this is a kernel for loongarch")]
    [InlineData("powerpc", "CONFIG_PPC64=y\nCONFIG_64BIT=y\n", "this is a kernel for powerpc")]
    [InlineData("s390", "CONFIG_S390=y\nCONFIG_64BIT=y\n", "this is a kernel for s390")]
    [InlineData("arm", "CONFIG_ARM=y\nCONFIG_MMU=y\n", "this is a 32-bit arm kernel")]
    public void OtherArchitecture_IsNotCovered(string architecture, string lines, string what) => Assert.Equal(
        what + "; the built-in architectures are x86-64, arm64 and riscv64, others are described by a *.pagetables.xml of your own",
        Message($"{{|VMM3007:# Linux/{architecture} 6.12.1 Kernel Configuration|}}\n{lines}"));

    [Fact]
    public void X86Of32Bits_IsNotCovered() => Assert.StartsWith(
        "this is a 32-bit x86 kernel;",
        Message("# Linux/x86 6.12.1 Kernel Configuration\n# CONFIG_64BIT is not set\n{|VMM3007:CONFIG_X86_32=y|}\n"), StringComparison.Ordinal);

    // A kernel that is built for its host has the host's symbol.
    [Theory]
    [InlineData("X86_64")]
    [InlineData("X86_32")]
    public void UserModeLinux_IsNotCovered(string host) => Assert.StartsWith(
        "this is User Mode Linux, a process of its host without page tables of the CPU; the built-in architectures are ",
        Message($"# Linux/um 6.12.1 Kernel Configuration\n{{|VMM3007:CONFIG_UML=y|}}\nCONFIG_64BIT=y\nCONFIG_{host}=y\nCONFIG_PGTABLE_LEVELS=3\n"),
        StringComparison.Ordinal);

    [Fact]
    public void RiscVOf32Bits_IsNotCovered()
    {
        string config = MinimalConfig.RiscV64();
        Message(Replace(config, "CONFIG_64BIT=y", "{|VMM3007:# CONFIG_64BIT is not set|}"));
        Message(Replace(Replace(config, "CONFIG_64BIT=y\n", ""), "CONFIG_RISCV=y", "{|VMM3007:CONFIG_RISCV=y|}"));
    }

    [Fact]
    public void KernelWithoutMmu_IsNotCovered() => Assert.StartsWith(
        "this kernel uses no MMU, so it has no page tables;",
        Message(Replace(MinimalConfig.RiscV64(), "CONFIG_MMU=y", "{|VMM3007:# CONFIG_MMU is not set|}")), StringComparison.Ordinal);

    [Theory]
    [InlineData("CONFIG_ARM64_4K_PAGES=y\n", "no line says how large a page is")]
    [InlineData("CONFIG_ARM64_VA_BITS_48=y\nCONFIG_ARM64_VA_BITS=48\n", "no line sets CONFIG_ARM64_VA_BITS")]
    public void MissingSymbolOfArm_IsToldAtTheHeader(string lines, string message) => Assert.Contains(
        message,
        Message(Replace(Replace(MinimalConfig.Arm64(), lines, ""), "# Linux/arm64 6.12.1 Kernel Configuration", "{|VMM3008:# Linux/arm64 6.12.1 Kernel Configuration|}")),
        StringComparison.Ordinal);

    [Fact]
    public void MissingLevelsOfRiscV_AreToldAtTheHeader() => Assert.Contains(
        "no line sets CONFIG_PGTABLE_LEVELS",
        Message(Replace(Replace(MinimalConfig.RiscV64(), "CONFIG_PGTABLE_LEVELS=5\n", ""), "# Linux/riscv 6.12.1 Kernel Configuration", "{|VMM3008:# Linux/riscv 6.12.1 Kernel Configuration|}")),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("5.18.1", "FREE", "OPTIMIZE", VmemmapLayout.ReserveOne, "is called so from v5.19 on, but the header in line 3 says 5.18.1; CONFIG_HUGETLB_PAGE_FREE_VMEMMAP=y in line 15 counts")]
    [InlineData("5.15.9", "FREE", "OPTIMIZE", VmemmapLayout.ReserveTwo, "is called so from v5.19 on, but the header in line 3 says 5.15.9; CONFIG_HUGETLB_PAGE_FREE_VMEMMAP=y in line 15 counts")]
    [InlineData("6.12.1", "OPTIMIZE", "FREE", VmemmapLayout.ReserveOne, "is called HUGETLB_PAGE_OPTIMIZE_VMEMMAP from v5.19 on, but the header in line 3 says 6.12.1; the kernel's build ignores it")]
    public void BothSymbols_ThatOfTheReleaseCounts(string release, string own, string foreign, VmemmapLayout layout, string message)
    {
        string config = MinimalConfig.X64(release, more: $"CONFIG_HUGETLB_PAGE_{own}_VMEMMAP=y\n{{|VMM3009:CONFIG_HUGETLB_PAGE_{foreign}_VMEMMAP=y|}}\n");
        Assert.Equal($"CONFIG_HUGETLB_PAGE_{foreign}_VMEMMAP {message}", Message(config));
        Assert.Equal(new HvoSpec(true, false, (ConfigLayout)layout, ""), MarkedConfig.Check(config).Spec!.Hvo);
    }

    [Theory]
    [InlineData("5.14.0-362.el9", "OPTIMIZE", VmemmapLayout.ReserveOne, true)]
    [InlineData("5.10.1", "OPTIMIZE", VmemmapLayout.ReserveOne, true)]
    [InlineData("5.10.1", "FREE", VmemmapLayout.ReserveTwo, true)]
    [InlineData("6.12.1", "FREE", VmemmapLayout.ReserveOne, false)]
    public void SymbolOfAnotherRelease_IsTold(string release, string name, VmemmapLayout layout, bool isBuiltIn)
    {
        string config = MinimalConfig.X64(release, more: $"{{|VMM3009:CONFIG_HUGETLB_PAGE_{name}_VMEMMAP=y|}}\n");
        Message(config);
        HvoSpec hvo = MarkedConfig.Check(config).Spec!.Hvo;
        Assert.Equal((isBuiltIn, layout), (hvo.IsBuiltIn, (VmemmapLayout)hvo.Layout));
    }

    [Fact]
    public void SeveralMistakes_AreAllTold() => MarkedConfig.Check(MinimalConfig.Arm64(
        more: "{|VMM3003:bad|}\n{|VMM3005:CONFIG_PGTABLE_LEVELS=9|}\n{|VMM3005:CONFIG_ARM64_CONT_PTE_SHIFT=9|}\n"
        + "{|VMM3009:CONFIG_HUGETLB_PAGE_FREE_VMEMMAP=y|}\n{|VMM3005:CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP_DEFAULT_ON=y|}\n"));
}
