namespace Vmemmap.Simulation;

/// <summary>What a page frame is used for. Every frame of a machine has one use; their counts add up to the machine's memory.</summary>
public enum FrameUse : byte
{
    /// <summary>In the buddy allocator.</summary>
    Free,

    /// <summary>Struct pages live in it, and vmemmap maps it.</summary>
    Vmemmap,

    /// <summary>A page table of the kernel.</summary>
    PageTable,

    /// <summary>Taken out of vmemmap and not yet freed: some CPU's TLB may still map it.</summary>
    Deferred,

    /// <summary>A tail page that all huge pages of an order in a zone share (v7.1 on).</summary>
    SharedTail,

    /// <summary>Part of a huge page that the pool holds.</summary>
    HugePage,

    /// <summary>Anybody else's memory.</summary>
    Other,

    /// <summary>Never to be used again: the hardware reported an error in it.</summary>
    Poisoned,

    /// <summary>Of memory that is plugged in and offline.</summary>
    Offline,

    /// <summary>A device's memory.</summary>
    Device,

    /// <summary>A page table of a process.</summary>
    UserPageTable,
}
