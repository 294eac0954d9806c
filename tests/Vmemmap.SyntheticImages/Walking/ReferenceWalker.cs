namespace Vmemmap.SyntheticImages;

/// <summary>
/// Page-table walks written straight from the manuals, one address at a time, with no thought of speed. They read no table file, so
/// a generated walker that agrees with them has its geometry right.
/// </summary>
public static class ReferenceWalker
{
    /// <summary>Translates one address.</summary>
    /// <param name="architecture">Canonical name.</param>
    /// <param name="read">Reads 8 bytes of physical memory; null where there are none.</param>
    /// <param name="root">Physical address of the root table.</param>
    /// <param name="virtualAddress">The address.</param>
    public static ReferenceTranslation Translate(string architecture, Func<ulong, ulong?> read, ulong root, ulong virtualAddress) =>
        architecture switch
        {
            "x86-64" => X64ReferenceWalker.Translate(4, read, root, virtualAddress),
            "x86-64-la57" => X64ReferenceWalker.Translate(5, read, root, virtualAddress),
            "arm64-4k-va39" => Arm64ReferenceWalker.Translate(12, 39, false, read, root, virtualAddress),
            "arm64-4k-va48" => Arm64ReferenceWalker.Translate(12, 48, false, read, root, virtualAddress),
            "arm64-4k-va52" => Arm64ReferenceWalker.Translate(12, 52, true, read, root, virtualAddress),
            "arm64-16k-va36" => Arm64ReferenceWalker.Translate(14, 36, false, read, root, virtualAddress),
            "arm64-16k-va47" => Arm64ReferenceWalker.Translate(14, 47, false, read, root, virtualAddress),
            "arm64-16k-va48" => Arm64ReferenceWalker.Translate(14, 48, false, read, root, virtualAddress),
            "arm64-16k-va52" => Arm64ReferenceWalker.Translate(14, 52, true, read, root, virtualAddress),
            "arm64-64k-va42" => Arm64ReferenceWalker.Translate(16, 42, false, read, root, virtualAddress),
            "arm64-64k-va48" => Arm64ReferenceWalker.Translate(16, 48, false, read, root, virtualAddress),
            "arm64-64k-va52" => Arm64ReferenceWalker.Translate(16, 52, false, read, root, virtualAddress),
            "riscv64-sv39" => RiscV64ReferenceWalker.Translate(3, read, root, virtualAddress),
            "riscv64-sv48" => RiscV64ReferenceWalker.Translate(4, read, root, virtualAddress),
            "riscv64-sv57" => RiscV64ReferenceWalker.Translate(5, read, root, virtualAddress),
            _ => throw new ArgumentException($"No reference walker for {architecture}.", nameof(architecture)),
        };
}
