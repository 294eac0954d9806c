namespace Vmemmap.Analyzers.Tests.Flow;

/// <summary>An architecture with a layout, as type arguments of a huge page.</summary>
/// <param name="Architecture">The type; <c>TArch</c> for code that is generic over both.</param>
/// <param name="Layout">The type.</param>
/// <param name="PageSize">Bytes of a base page.</param>
/// <param name="KeptPages">Pages of vmemmap that an optimized huge page keeps.</param>
internal sealed record FlowVariant(string Architecture, string Layout, int PageSize, int KeptPages)
{
    private const int StructPageSize = 64;

    // Generic code is judged by what every argument has in common: the smallest page, one page kept.
    public static IReadOnlyList<FlowVariant> All { get; } =
    [
        new("X64", "ReserveOne", 4 << 10, 1),
        new("X64", "ReserveTwo", 4 << 10, 2),
        new("Arm64K16Va48", "SharedTail", 16 << 10, 1),
        new("Arm64K64Va48", "ReserveOne", 64 << 10, 1),
        new("TArch", "TLayout", 4 << 10, 1),
    ];

    public bool IsGeneric => Architecture == "TArch";

    public int FirstReadOnly => PageSize / StructPageSize * KeptPages;

    public string TypeParameters => IsGeneric ? "<TArch, TLayout>" : string.Empty;

    public string Constraints => IsGeneric ? " where TArch : struct, IArchitecture where TLayout : struct, IVmemmapLayout" : string.Empty;

    public string Arguments => $"<{Architecture}, {Layout}>";
}
