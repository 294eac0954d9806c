using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Machine;

/// <summary>Runs generic code over a built-in architecture by its name.</summary>
internal static class OnMachine
{
    public static void Run<TTest>(string architecture, TTest test)
        where TTest : IArchitectureTypeVisitor<bool>
    {
        Architecture found = Architectures.Find(architecture) ?? throw new KeyNotFoundException(architecture);
        Assert.True(found.TryAcceptType(ref test, out bool ran) && ran);
    }

    /// <summary>Bytes of a section: SECTION_SIZE_BITS is 27, and 29 with 64K pages (arm64 sparsemem.h).</summary>
    public static ulong Section<TArch>()
        where TArch : struct, IArchitecture => TArch.PageShift == 16 ? 1UL << 29 : 1UL << 27;

    public static long[] Books<TArch>(Machine<TArch> machine)
        where TArch : struct, IArchitecture => [.. Enum.GetValues<FrameUse>().Select(use => machine.Books[use])];

    public static long FreeInZones<TArch>(Machine<TArch> machine)
        where TArch : struct, IArchitecture => machine.Nodes.Sum(node => node.Zones.Sum(zone => (long)zone.FreePages));
}
