namespace Vmemmap.Simulation;

/// <summary>What frames are allocated for.</summary>
public enum AllocationPurpose : byte
{
    /// <summary>A huge page for the pool.</summary>
    HugePage,

    /// <summary>A page table, to split a block of vmemmap.</summary>
    PageTable,

    /// <summary>A new frame for the first page of a huge page's vmemmap.</summary>
    VmemmapHead,

    /// <summary>A frame for a page of vmemmap that is restored.</summary>
    VmemmapRestore,

    /// <summary>A tail page to be shared in a zone.</summary>
    SharedTail,

    /// <summary>Anything else.</summary>
    Other,

    /// <summary>A page table of a process.</summary>
    UserPageTable,
}

/// <summary>An allocation that is about to be tried.</summary>
/// <param name="Number">Its number on this machine, from 0.</param>
/// <param name="Purpose">What for.</param>
/// <param name="Order">log2 of the frames.</param>
/// <param name="Node">The node asked for first.</param>
public readonly record struct AllocationAttempt(long Number, AllocationPurpose Purpose, int Order, int Node);
