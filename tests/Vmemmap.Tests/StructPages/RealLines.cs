using System.Runtime.Intrinsics;

namespace Vmemmap.Tests.StructPages;

/// <summary>
/// The first struct pages of an optimized huge page of 2M as they lay in the memory of a running 6.12.117 (Debian, x86-64): PFN 0x140a00,
/// in the Normal zone of node 0, on the pool's free list, vmemmap of PFN 0 at 0xfffff15f80000000.
/// </summary>
internal static class RealLines
{
    public const ulong HeadAddress = 0xfffff15f85020000;

    public static StructPage Head { get; } = Page(
        0x0017ffffc0000040, 0xfffff15f85030008, 0xfffff15f85208008, 0, 0, 0x18, 0x00000000f4000000, 0);

    public static StructPage FirstTail { get; } = Page(
        0x0017ffffc0000009, 0xfffff15f85020001, 0xffffffffffffffff, 0, 0x200, 0, 0x00000000ffffffff, 0);

    public static StructPage SecondTail { get; } = Page(
        0x0017ffffc0000000, 0xfffff15f85020001, 0xfffff15f85020090, 0xfffff15f85020090, 0, 0, 0x00000000ffffffff, 0);

    public static StructPage FourthTail { get; } = Page(
        0x0017ffffc0000000, 0xfffff15f85020001, 0xfffff15f85020108, 0xdead000000000400, 0, 0, 0x00000000ffffffff, 0);

    private static StructPage Page(params ReadOnlySpan<ulong> words) => StructPage.FromLine(Vector512.Create(words));
}
