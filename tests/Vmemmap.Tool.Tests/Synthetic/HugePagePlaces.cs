using Vmemmap.SyntheticImages;

namespace Vmemmap.Tool.Tests.Synthetic;

/// <summary>Finds places for huge pages in a machine's RAM, one after the other, each aligned to its size.</summary>
internal sealed class HugePagePlaces(string architecture, ulong start)
{
    private const ulong Mega = 1UL << 20;
    private const ulong Giga = 1UL << 30;

    private ulong _next = start;

    internal MachineGeometry Machine { get; } = Machines.Find(architecture);

    /// <summary>Places above the kernel image of a machine with the default RAM.</summary>
    internal static HugePagePlaces In(string architecture) => new(architecture, Machines.Find(architecture).Family switch
    {
        CpuFamily.X64 => 4 * Giga,
        CpuFamily.Arm64 => Giga + (64 * Mega),
        _ => (2 * Giga) + (64 * Mega),
    });

    /// <summary>PFN of the next free place of a size.</summary>
    internal ulong Next(ulong size)
    {
        ulong place = (_next + size - 1) & ~(size - 1);
        _next = place + size;
        return place >> Machine.PageShift;
    }

    /// <summary>
    /// One or two optimized pages and one that is not of every size, largest first; sizes beyond 1G do not fit the default RAM, and
    /// sizes whose struct pages are less than two vmemmap pages are never optimized.
    /// </summary>
    internal HugePageRequest[] EverySize(int optimized = 2)
    {
        List<HugePageRequest> pages = [];
        foreach (ulong size in Machine.HugeSizes.Where(size => size <= Giga).OrderDescending())
        {
            bool optimizable = (size >> Machine.PageShift) * 64 >= 2 * Machine.PageSize;
            int count = !optimizable ? 0 : size == Giga ? 1 : optimized;
            for (int i = 0; i < count; i++)
            {
                pages.Add(new HugePageRequest(Next(size), size, Optimized: true));
            }

            if (size < Giga)
            {
                pages.Add(new HugePageRequest(Next(size), size));
            }
        }

        return [.. pages];
    }
}
