namespace Vmemmap;

/// <summary>The architectures that this package was built with.</summary>
public static class Architectures
{
    /// <summary>All of them, x86-64 first.</summary>
    public static IReadOnlyList<Architecture> BuiltIn { get; } =
    [
        new GeneratedArchitecture<X64>(),
        new GeneratedArchitecture<X64La57>(),
        new GeneratedArchitecture<Arm64K4Va39>(),
        new GeneratedArchitecture<Arm64K4Va48>(),
        new GeneratedArchitecture<Arm64K4Va52>(),
        new GeneratedArchitecture<Arm64K16Va36>(),
        new GeneratedArchitecture<Arm64K16Va47>(),
        new GeneratedArchitecture<Arm64K16Va48>(),
        new GeneratedArchitecture<Arm64K16Va52>(),
        new GeneratedArchitecture<Arm64K64Va42>(),
        new GeneratedArchitecture<Arm64K64Va48>(),
        new GeneratedArchitecture<Arm64K64Va52>(),
        new GeneratedArchitecture<RiscV64Sv39>(),
        new GeneratedArchitecture<RiscV64Sv48>(),
        new GeneratedArchitecture<RiscV64Sv57>(),
    ];

    /// <summary>Finds an architecture by its name or alias, such as "arm64-16k"; case counts.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The architecture, or null if none has that name.</returns>
    public static Architecture? Find(string name) =>
        BuiltIn.FirstOrDefault(a => a.Name == name || (a.Alias.Length > 0 && a.Alias == name));

    /// <summary>The run-time face of an architecture that was generated in any assembly.</summary>
    /// <typeparam name="TArch">The generated architecture.</typeparam>
    public static Architecture Of<TArch>()
        where TArch : struct, IArchitecture => new GeneratedArchitecture<TArch>();
}
