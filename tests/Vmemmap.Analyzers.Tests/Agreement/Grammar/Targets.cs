using Vmemmap.HugeTlb;

namespace Vmemmap.Analyzers.Tests.Agreement.Grammar;

/// <summary>Every architecture and layout that snippets are written for.</summary>
internal static class Targets
{
    // Struct pages have 64 bytes: 64 lie in a page of 4K, 256 in one of 16K, 1024 in one of 64K. The default huge pages are 2M, 32M and 512M, of 512, 2048 and 8192
    // base pages. riscv64 has no read-only mappings of kernel memory.
    private static readonly (Type Type, long OfAPage, long OfAHugePage, bool HasReadOnly)[] Architectures =
    [
        (typeof(X64), 64, 512, true),
        (typeof(Arm64K4Va48), 64, 512, true),
        (typeof(Arm64K16Va48), 256, 2048, true),
        (typeof(Arm64K64Va48), 1024, 8192, true),
        (typeof(RiscV64Sv48), 64, 512, false),
        (typeof(X64La57), 64, 512, true),
        (typeof(Arm64K16Va47), 256, 2048, true),
        (typeof(RiscV64Sv39), 64, 512, false),
    ];

    // v5.14 to v5.17 keep two pages of vmemmap, later kernels one.
    private static readonly (Type Type, int Kept)[] Layouts =
    [
        (typeof(ReserveOne), 1),
        (typeof(ReserveTwo), 2),
        (typeof(SharedTail), 1),
        (typeof(ReserveTwoPosted), 2),
        (typeof(ReserveOneKeptHead), 1),
    ];

    /// <summary>One for each architecture and layout.</summary>
    public static IReadOnlyList<Target> Concrete { get; } =
    [
        .. Architectures.SelectMany(
            _ => Layouts,
            (a, l) => new Target($"{a.Type.Name}_{l.Type.Name}", [(a.Type, l.Type)], a.OfAPage * l.Kept, a.OfAHugePage, a.OfAPage * StructPage.Size, a.HasReadOnly)),
    ];

    /// <summary>Snippets that are generic over both.</summary>
    public static Target Generic { get; } = new(
        "Generic",
        [
            (typeof(X64), typeof(ReserveOne)),
            (typeof(X64), typeof(ReserveTwo)),
            (typeof(Arm64K16Va48), typeof(SharedTail)),
            (typeof(Arm64K64Va48), typeof(ReserveTwo)),
        ],
        64,
        512,
        4096,
        HasReadOnlyMappings: false);
}
