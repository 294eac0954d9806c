namespace Vmemmap.Generators.Tests.KernelConfigs;

/// <summary>Configurations with nothing but the lines that are read, for kernels that no real one here has.</summary>
internal static class MinimalConfig
{
    public const string HvoOld = "CONFIG_HUGETLB_PAGE_FREE_VMEMMAP=y\n";
    public const string HvoNew = "CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP=y\n";

    private const string Common = "CONFIG_64BIT=y\nCONFIG_MMU=y\nCONFIG_MEMCG=y\nCONFIG_SPARSEMEM_VMEMMAP=y\nCONFIG_CONTIG_ALLOC=y\nCONFIG_HUGETLB_PAGE=y\n";

    public static string Header(string architecture, string release) =>
        $"#\n# Automatically generated file; DO NOT EDIT.\n# Linux/{architecture} {release} Kernel Configuration\n#\n";

    public static string X64(string release = "6.12.1", int levels = 5, string more = "") =>
        Header("x86", release) + "CONFIG_X86_64=y\n" + Common + $"CONFIG_PGTABLE_LEVELS={levels}\n"
        + (levels == 5 ? "CONFIG_X86_5LEVEL=y\n" : "# CONFIG_X86_5LEVEL is not set\n") + "CONFIG_HAVE_ALIGNED_STRUCT_PAGE=y\n" + more;

    public static string Arm64(string release = "6.12.1", int pages = 4, int bits = 48, string more = "") =>
        Header("arm64", release) + "CONFIG_ARM64=y\n" + Common + $"CONFIG_ARM64_{pages}K_PAGES=y\nCONFIG_ARM64_VA_BITS_{bits}=y\nCONFIG_ARM64_VA_BITS={bits}\n"
        + (bits == 36 ? "CONFIG_EXPERT=y\n" : "") + "CONFIG_HAVE_ALIGNED_STRUCT_PAGE=y\n" + more;

    public static string RiscV64(string release = "6.12.1", int levels = 5, string more = "") =>
        Header("riscv", release) + "CONFIG_RISCV=y\n" + Common + $"CONFIG_PGTABLE_LEVELS={levels}\n" + more;

    /// <summary>A configuration whose first candidate is a built-in architecture.</summary>
    public static string Of(string architecture, string release, string more = "") => architecture.Split('-') switch
    {
        ["x86", "64"] => X64(release, 4, more),
        ["x86", ..] => X64(release, 5, more),
        ["riscv64", var mode] => RiscV64(release, mode switch { "sv39" => 3, "sv48" => 4, _ => 5 }, "CONFIG_RISCV_ISA_SVNAPOT=y\n" + more),
        [_, var pages, var bits] => Arm64(release, int.Parse(pages[..^1], System.Globalization.CultureInfo.InvariantCulture),
            int.Parse(bits[2..], System.Globalization.CultureInfo.InvariantCulture), more),
        _ => throw new ArgumentException(architecture),
    };

    public static EmittedKernel Emit(string config, string arguments = "")
    {
        ConfigProject project = ConfigProject.Of(new ConfigText("config", config), arguments);
        Assert.Empty(project.Result.Diagnostics.Where(d => d.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error));
        return new EmittedKernel(project.Load());
    }
}
