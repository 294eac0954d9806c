using System.Globalization;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <summary>A request with nothing left open, or why it cannot be replayed.</summary>
internal static class PostcopyPlan
{
    /// <summary>Accesses of one run. About a fifth of a microsecond of this program's time each.</summary>
    public const long MostAccesses = 1L << 24;

    // About 2 us of this program's time each, and there are two runs of most sizes: some ten seconds, not a minute.
    private const ulong MostPieces = 1UL << 21;
    private const int MostVirtualCpus = 256;
    private const double LongestLatency = 10e9;
    private const ulong UsualBytes = 2UL << 30;

    // What mapping a base page takes is not known before; it is below this.
    private const double LongestPiece = 1_000;

    /// <summary>Fills in what was left open.</summary>
    /// <exception cref="SimulationRefusedException">There is no such guest, or it is too much.</exception>
    public static PostcopyRequest Complete<TArch, TLayout>(PostcopyRequest request)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        Hstate huge = request.HugePageBytes == 0 ? Largest<TArch>() : SimulatedSystem<TArch, TLayout>.HstateOf(request.HugePageBytes);
        ulong memory = request.MemoryBytes == 0 ? Math.Max(UsualBytes, huge.Size) : request.MemoryBytes;
        Require(
            memory % huge.Size == 0,
            $"A guest of {SizeText.Of(memory)}: on huge pages of {huge.Name} --memory is a multiple of {huge.Name}{OtherHugePages<TArch>(memory)}.");
        Require(
            memory >> TArch.PageShift <= SimulatedSystem<TArch, TLayout>.MostFrames,
            $"A guest of {SizeText.Of(memory)}: {SizeText.Of(SimulatedSystem<TArch, TLayout>.MostFrames << TArch.PageShift)} of {TArch.Name} can be simulated; give less --memory.");
        IReadOnlyList<ulong> fetch = request.FetchBytes.Count > 0 ? request.FetchBytes : UsualSizes<TArch>(huge);
        CheckSizes<TArch>(fetch, huge);
        CheckPieces<TArch>(memory, fetch.Min(), huge);
        CheckTimes(request);
        double onLink = memory * 8e9 / request.BitsPerSecond;
        PostcopyRequest complete = request with
        {
            HugePageBytes = huge.Size,
            MemoryBytes = memory,
            FetchBytes = [.. fetch.Order()],
            Duration = request.Push ? 0 : request.Duration > 0 ? request.Duration : onLink,
        };
        CheckAccesses<TArch>(complete, onLink);
        return complete;
    }

    private static Hstate Largest<TArch>()
        where TArch : struct, IArchitecture => TArch.Hstates.ToArray().MaxBy(hstate => hstate.Size);

    private static ulong[] UsualSizes<TArch>(Hstate huge)
        where TArch : struct, IArchitecture
    {
        ulong block = 1UL << TArch.LevelShift(TArch.LevelCount - 2);
        bool mapsBlocks = TArch.Hstates.ToArray().Any(hstate => hstate.Size == block) && block < huge.Size;
        return mapsBlocks ? [1UL << TArch.PageShift, block, huge.Size] : [1UL << TArch.PageShift, huge.Size];
    }

    private static void CheckSizes<TArch>(IReadOnlyList<ulong> fetch, Hstate huge)
        where TArch : struct, IArchitecture
    {
        ulong[] known = [1UL << TArch.PageShift, .. TArch.Hstates.ToArray().Select(hstate => hstate.Size).Where(size => size <= huge.Size).Order()];
        foreach (ulong size in fetch)
        {
            Require(
                known.Contains(size),
                $"Pieces of {SizeText.Of(size)}: huge pages of {huge.Name} of {TArch.Name} are mapped in pieces of "
                + $"{string.Join(", ", known.Select(SizeText.Of))}.");
            Require(fetch.Count(other => other == size) == 1, $"Pieces of {SizeText.Of(size)} are asked for twice; name a size once.");
        }
    }

    private static void CheckPieces<TArch>(ulong memory, ulong smallest, Hstate huge)
        where TArch : struct, IArchitecture
    {
        ulong enough = TArch.Hstates.ToArray().Select(hstate => hstate.Size)
            .Where(size => size <= huge.Size && memory / size <= MostPieces).DefaultIfEmpty().Min();
        string larger = enough > 0 ? $"--fetch {SizeText.Of(enough)}, or " : string.Empty;
        Require(
            memory / smallest <= MostPieces,
            string.Create(
                CultureInfo.InvariantCulture,
                $"A guest of {SizeText.Of(memory)} is {memory / smallest} pieces of {SizeText.Of(smallest)}: {MostPieces} of them, "
                + $"{SizeText.Of(MostPieces * smallest)}, can be replayed; give {larger}less --memory."));
    }

    // ", or give --huge-page 512M or 2M", if there are such that the guest is a multiple of.
    private static string OtherHugePages<TArch>(ulong memory)
        where TArch : struct, IArchitecture
    {
        string[] others = [.. TArch.Hstates.ToArray().Where(hstate => memory % hstate.Size == 0).OrderByDescending(hstate => hstate.Size).Select(hstate => hstate.Name)];
        return others.Length == 0 ? string.Empty : $"; give --huge-page {string.Join(" or ", others)}, or such a multiple";
    }

    private static void CheckTimes(PostcopyRequest request)
    {
        Require(
            request.VirtualCpus is >= 1 and <= MostVirtualCpus,
            string.Create(CultureInfo.InvariantCulture, $"{request.VirtualCpus} vCPUs: --vcpus is from 1 to {MostVirtualCpus}."));
        Require(request.BitsPerSecond > 0, "A link of 0 bits a second: give its speed, such as 100G.");
        Require(request.AccessInterval > 0, "An access every 0 ns: give the time from one to the next, such as 10us.");
        Require(
            request.Latency is >= 0 and <= LongestLatency,
            string.Create(CultureInfo.InvariantCulture, $"A latency of {request.Latency / 1e9} s: --latency is from 0 to {LongestLatency / 1e9:0} s."));
        Require(request.Duration >= 0, "A duration below 0.");
        Require(!request.Push || request.Duration == 0, "A duration is for what nobody pushes: with push the replay ends when all memory is there.");
    }

    private static void CheckAccesses<TArch>(PostcopyRequest request, double onLink)
        where TArch : struct, IArchitecture
    {
        double time = request.Push ? onLink + (2 * request.Latency) + request.FetchBytes.Max(size => Mapping<TArch>(request, size)) : request.Duration;
        double accesses = time / request.AccessInterval * request.VirtualCpus;
        string shorter = request.Push ? "a faster --link, less --memory" : "a shorter --duration";
        Require(
            accesses <= MostAccesses,
            string.Create(
                CultureInfo.InvariantCulture,
                $"In {time / 1e9:0.###} s, {request.VirtualCpus} vCPUs make up to {accesses:0} accesses: {MostAccesses} can be replayed; "
                + $"give {shorter}, fewer --vcpus or a longer --access-interval."));
    }

    // Each piece once, with a vCPU that waits for it; and what collapses automatically flushes once for each larger size that it completes.
    private static double Mapping<TArch>(PostcopyRequest request, ulong fetchBytes)
        where TArch : struct, IArchitecture
    {
        double pieces = request.MemoryBytes / fetchBytes * (LongestPiece + request.Costs.Wakeup);
        double flush = request.Costs.LocalFlush + (request.VirtualCpus * request.Costs.Ipi);
        ulong flushes = 0;
        foreach (Hstate larger in TArch.Hstates)
        {
            flushes += larger.Size > fetchBytes && larger.Size <= request.HugePageBytes ? request.MemoryBytes / larger.Size : 0;
        }

        return pieces + (request.WithAutomaticCollapse ? flushes * flush : 0);
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new SimulationRefusedException(message);
        }
    }
}
