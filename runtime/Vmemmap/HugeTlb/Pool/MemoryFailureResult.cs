namespace Vmemmap.HugeTlb;

/// <summary>What a frame with a memory error was used for.</summary>
public enum MemoryFailureKind : byte
{
    /// <summary>The machine has no memory there.</summary>
    NoMemory,

    /// <summary>Memory that is offline: it has no struct page that may be read.</summary>
    Offline,

    /// <summary>The error is known already.</summary>
    AlreadyPoisoned,

    /// <summary>Free: it will never be allocated again.</summary>
    FreeFrame,

    /// <summary>Part of a huge page of the pool, which keeps it out of the page allocator when it is given back.</summary>
    HugePage,

    /// <summary>Struct pages are in it: their own, or what many share.</summary>
    VmemmapFrame,

    /// <summary>A page table of vmemmap.</summary>
    PageTable,

    /// <summary>Anybody else's memory, huge pages of other pools among it: its user's business.</summary>
    Other,
}

/// <summary>What a memory error hit, and who cannot live on.</summary>
/// <param name="Kind">What the frame was used for.</param>
/// <param name="Pfn">The frame.</param>
public sealed record MemoryFailureResult(MemoryFailureKind Kind, ulong Pfn)
{
    /// <summary>First frame of the huge page it is part of.</summary>
    public ulong? HugePage { get; init; }

    /// <summary>Whether that was free and could be given back at once; null if it was in use.</summary>
    public DissolveResult? Dissolved { get; init; }

    /// <summary>First frames of all huge pages whose struct pages are in the frame or are reached through it, in ascending order; of every pool of the machine.</summary>
    public IReadOnlyList<ulong> FatalFor { get; init; } = [];
}
