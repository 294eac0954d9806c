namespace Vmemmap;

/// <summary>Which virtual addresses a root table translates.</summary>
public enum CanonicalRule : byte
{
    /// <summary>All bits above the top index bit equal it (x86-64, riscv64).</summary>
    SignExtended,

    /// <summary>All bits above the top index bit are ones: the kernel's half, TTBR1 (arm64).</summary>
    UpperHalf,
}
