namespace Vmemmap.Dumps;

/// <summary>Makes the <see cref="AddressSpace"/> of an image: over the architecture's format, and over its memory as the tables are read from it.</summary>
/// <param name="architecture">The architecture.</param>
/// <param name="image">The memory.</param>
/// <param name="root">Physical address of the root table.</param>
/// <param name="encryption">The bit of AMD's memory encryption in entries; 0 if there is none.</param>
internal readonly struct AddressSpaceMaker(Architecture architecture, PhysicalImage image, ulong root, ulong encryption)
    : IArchitectureVisitor<AddressSpace>
{
    /// <summary>Makes it.</summary>
    /// <remarks>
    /// The built-in architectures are named one by one, although Accept would find them: a compiler ahead of time does not follow a generic virtual call,
    /// and would leave the walkers over image memory to the JIT.
    /// </remarks>
    public AddressSpace Make()
    {
        // A table that is loaded may bear a built-in name, and is not that.
        string name = Architectures.BuiltIn.Contains(architecture) ? architecture.Name : "";
        switch (name)
        {
            case X64.Name: return Visit(default(ArchitectureFormat<X64>));
            case X64La57.Name: return Visit(default(ArchitectureFormat<X64La57>));
            case Arm64K4Va39.Name: return Visit(default(ArchitectureFormat<Arm64K4Va39>));
            case Arm64K4Va48.Name: return Visit(default(ArchitectureFormat<Arm64K4Va48>));
            case Arm64K4Va52.Name: return Visit(default(ArchitectureFormat<Arm64K4Va52>));
            case Arm64K16Va36.Name: return Visit(default(ArchitectureFormat<Arm64K16Va36>));
            case Arm64K16Va47.Name: return Visit(default(ArchitectureFormat<Arm64K16Va47>));
            case Arm64K16Va48.Name: return Visit(default(ArchitectureFormat<Arm64K16Va48>));
            case Arm64K16Va52.Name: return Visit(default(ArchitectureFormat<Arm64K16Va52>));
            case Arm64K64Va42.Name: return Visit(default(ArchitectureFormat<Arm64K64Va42>));
            case Arm64K64Va48.Name: return Visit(default(ArchitectureFormat<Arm64K64Va48>));
            case Arm64K64Va52.Name: return Visit(default(ArchitectureFormat<Arm64K64Va52>));
            case RiscV64Sv39.Name: return Visit(default(ArchitectureFormat<RiscV64Sv39>));
            case RiscV64Sv48.Name: return Visit(default(ArchitectureFormat<RiscV64Sv48>));
            case RiscV64Sv57.Name: return Visit(default(ArchitectureFormat<RiscV64Sv57>));
            default:
                AddressSpaceMaker maker = this;
                return architecture is TableWalker table ? Visit(table.Format) : architecture.Accept<AddressSpaceMaker, AddressSpace>(ref maker);
        }
    }

    public AddressSpace Visit<TFormat>(TFormat format)
        where TFormat : struct, IPageTableFormat
    {
        var memory = new ImageMemory(image);
        return encryption == 0
            ? new AddressSpaceOf<TFormat, ImageMemory>(architecture, format, memory, image, root)
            : new AddressSpaceOf<TFormat, MaskedMemory<ImageMemory>>(
                architecture, format, new MaskedMemory<ImageMemory>(memory, encryption), image, root);
    }
}
