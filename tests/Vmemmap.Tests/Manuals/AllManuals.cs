namespace Vmemmap.Tests.Manuals;

/// <summary>The manuals of the 15 built-in architectures.</summary>
internal static class AllManuals
{
    private static readonly Manual[] All =
    [
        new X64Manual(4), new X64Manual(5),
        new Arm64Manual(12, 39), new Arm64Manual(12, 48), new Arm64Manual(12, 52),
        new Arm64Manual(14, 36), new Arm64Manual(14, 47), new Arm64Manual(14, 48), new Arm64Manual(14, 52),
        new Arm64Manual(16, 42), new Arm64Manual(16, 48), new Arm64Manual(16, 52),
        new RiscV64Manual(3), new RiscV64Manual(4), new RiscV64Manual(5),
    ];

    public static Manual Of(string name) => All.Single(m => m.Name == name);
}
