namespace Vmemmap.SyntheticImages;

/// <summary>Which manual an entry follows.</summary>
public enum CpuFamily
{
    /// <summary>x86-64, 4 or 5 levels.</summary>
    X64,

    /// <summary>arm64, stage 1, TTBR1.</summary>
    Arm64,

    /// <summary>riscv64.</summary>
    RiscV64,
}
