using System.Runtime.InteropServices;

namespace Vmemmap.Dumps;

/// <summary>The kernel's virtual memory: its page tables over the image.</summary>
internal abstract class AddressSpace
{
    /// <summary>Translates one address.</summary>
    public abstract bool TryTranslate(ulong address, out Translation translation);

    /// <summary>The raw entries on the way to an address, root first, down to the leaf or to where the way ends.</summary>
    public abstract IReadOnlyList<TraceStep> Trace(ulong address);

    /// <summary>Takes the census of vmemmap.</summary>
    public abstract CensusResult TakeCensus(KernelImage kernel, IProgress<ImageProgress>? progress);

    /// <summary>Where consecutive vmemmap pages lead.</summary>
    public abstract Slot[] ReadSlots(KernelImage kernel, ulong first, int count);

    /// <summary>The vmemmap pages that map a frame, in address order: the first of them, and how many there are.</summary>
    public abstract (IReadOnlyList<ulong> First, long Count) FindPagesOf(KernelImage kernel, ulong frame, int limit);

    /// <summary>Reads bytes.</summary>
    /// <returns>False if any byte is unmapped or absent.</returns>
    public abstract bool TryRead(ulong address, Span<byte> destination);

    /// <summary>Reads a 64-bit word.</summary>
    public bool TryReadUInt64(ulong address, out ulong value)
    {
        value = 0;
        return TryRead(address, MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref value, 1)));
    }
}

/// <summary>One level of a translation.</summary>
/// <param name="Level">0 = root.</param>
/// <param name="Name">PGD, P4D, PUD, PMD or PTE.</param>
/// <param name="Index">Index into the table.</param>
/// <param name="EntryAddress">Physical address of the entry.</param>
/// <param name="Entry">The raw entry, null if it is absent from the image.</param>
/// <param name="Kind">What it is, null if it is absent.</param>
public sealed record TraceStep(int Level, string Name, int Index, ulong EntryAddress, ulong? Entry, EntryKind? Kind);
