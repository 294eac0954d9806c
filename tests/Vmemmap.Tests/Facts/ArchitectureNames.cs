namespace Vmemmap.Tests.Facts;

/// <summary>The canonical names of the 15 built-in architectures, for theories that hold for all.</summary>
public sealed class ArchitectureNames : TheoryData<string>
{
    public static readonly string[] All =
    [
        "x86-64", "x86-64-la57",
        "arm64-4k-va39", "arm64-4k-va48", "arm64-4k-va52",
        "arm64-16k-va36", "arm64-16k-va47", "arm64-16k-va48", "arm64-16k-va52",
        "arm64-64k-va42", "arm64-64k-va48", "arm64-64k-va52",
        "riscv64-sv39", "riscv64-sv48", "riscv64-sv57",
    ];

    public ArchitectureNames()
        : base(All)
    {
    }
}
