using System.Globalization;
using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>Whether memory holds the huge pages that are asked for.</summary>
internal static class HugePageDemand
{
    /// <summary>What the simulation has memory for: about 2 GiB of it.</summary>
    private const long MostHugePages = 1L << 20;

    /// <summary>Checks the sizes and counts against the architecture and the memory.</summary>
    /// <returns>The sizes, as they were asked for.</returns>
    /// <exception cref="SimulationRefusedException">A size is unknown, named twice or too many of it are asked for.</exception>
    public static Hstate[] Check<TArch, TLayout>(SimulationRequest request)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        if (request.HugePages.Count == 0)
        {
            throw new SimulationRefusedException("No huge pages: name a size and a count, such as 2M:512.");
        }

        if (request.FailureProbability is not (>= 0 and <= 1))
        {
            throw new SimulationRefusedException(string.Create(
                CultureInfo.InvariantCulture, $"A probability of {request.FailureProbability}: it is from 0 to 1."));
        }

        var hstates = new Hstate[request.HugePages.Count];
        ulong left = request.MemoryBytes;
        for (int i = 0; i < hstates.Length; i++)
        {
            HugePageRequest pages = request.HugePages[i];
            hstates[i] = SimulatedSystem<TArch, TLayout>.HstateOf(pages.Bytes);
            if (hstates[..i].Contains(hstates[i]))
            {
                throw new SimulationRefusedException($"{hstates[i].Name} pages are asked for twice; name a size once.");
            }

            ulong most = left / pages.Bytes;
            if (pages.Count < 1 || (ulong)pages.Count > most)
            {
                string rest = i == 0 ? SizeText.Of(request.MemoryBytes) : $"what the other sizes leave of {SizeText.Of(request.MemoryBytes)}";
                throw new SimulationRefusedException(string.Create(
                    CultureInfo.InvariantCulture, $"{hstates[i].Name}:{pages.Count}: {rest} holds {(most == 0 ? "none" : $"1 to {most}")} of {hstates[i].Name}."));
            }

            left -= (ulong)pages.Count * pages.Bytes;
        }

        long all = request.HugePages.Sum(pages => pages.Count);
        return all <= MostHugePages ? hstates : throw new SimulationRefusedException(string.Create(
            CultureInfo.InvariantCulture, $"{all} huge pages: a pool of at most {MostHugePages} can be simulated."));
    }

    /// <summary>
    /// Memory on top of what was asked for, where huge pages and the kernel's own memory together are more: so that the huge pages can be all of what
    /// was asked for, as in the calculations of the cover letters.
    /// </summary>
    public static ulong ExtraBytes<TArch>(SimulationRequest request, Hstate[] hstates)
        where TArch : struct, IArchitecture
    {
        ulong own = KernelBytes<TArch>(request, request.MemoryBytes);
        return Demand(request) + own <= request.MemoryBytes ? 0 : KernelBytes<TArch>(request, request.MemoryBytes + (2 * own) + (2 * Largest(hstates)));
    }

    /// <summary>The same, where memory would be enough if it were in one piece: every node may lose a huge page at each of its ends.</summary>
    public static ulong ExtraBytesForPieces<TArch>(SimulationRequest request, Hstate[] hstates)
        where TArch : struct, IArchitecture
    {
        ulong section = Section<TArch>();
        ulong pieces = 2 * Largest(hstates) * (ulong)request.Nodes;
        return KernelBytes<TArch>(request, (2 * request.MemoryBytes) + pieces) + ((pieces + section - 1) / section * section);
    }

    /// <summary>Bytes of huge pages.</summary>
    public static ulong Demand(SimulationRequest request)
    {
        ulong bytes = 0;
        foreach (HugePageRequest pages in request.HugePages)
        {
            bytes += pages.Bytes * (ulong)pages.Count;
        }

        return bytes;
    }

    // Struct pages, the tables that map each page of them, a new frame for each head, and a section for each node to be free: in whole sections.
    private static ulong KernelBytes<TArch>(SimulationRequest request, ulong memory)
        where TArch : struct, IArchitecture
    {
        ulong section = Section<TArch>();
        ulong structPages = (memory >> TArch.PageShift) * (ulong)request.StructPageSize;
        ulong tables = structPages >> (TArch.LevelIndexBits(TArch.LevelCount - 1) - 1);
        ulong heads = (ulong)request.HugePages.Sum(pages => pages.Count) << TArch.PageShift;
        return ((structPages + tables + heads + section - 1) / section * section) + (section * (ulong)request.Nodes);
    }

    private static ulong Section<TArch>()
        where TArch : struct, IArchitecture => 1UL << SectionTable.ShiftOf(TArch.PageShift);

    private static ulong Largest(Hstate[] hstates) => hstates.Max(hstate => hstate.Size);
}
