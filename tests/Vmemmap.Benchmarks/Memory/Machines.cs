namespace Vmemmap.Benchmarks.Memory;

/// <summary>The tables that several workloads share, built when the first asks.</summary>
internal static class Machines
{
    /// <summary>Base pages of 1 TiB have so many vmemmap pages of 4 KiB: 16 GiB in all, mapped by 32 MiB of last-level tables.</summary>
    public const long TebibytePages = 1L << 22;

    /// <summary>Where x86-64 has vmemmap without KASLR.</summary>
    public const ulong X64Vmemmap = 0xffffea0000000000;

    private static readonly Lazy<TableArena<X64>> LazyPlain = new(() => new(EntryBits.X64, X64Vmemmap, TebibytePages, VmemmapPattern.Plain));

    private static readonly Lazy<TableArena<X64>> LazyOptimized = new(
        () => new(EntryBits.X64, X64Vmemmap, TebibytePages, VmemmapPattern.MostlyOptimized));

    /// <summary>1 TiB without an optimized huge page.</summary>
    public static TableArena<X64> Plain => LazyPlain.Value;

    /// <summary>1 TiB, mostly optimized huge pages of 2M.</summary>
    public static TableArena<X64> Optimized => LazyOptimized.Value;
}
