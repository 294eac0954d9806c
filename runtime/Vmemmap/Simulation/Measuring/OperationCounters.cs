namespace Vmemmap.Simulation;

/// <summary>
/// What a CPU has done, in the events that cost a kernel its time. Each CPU counts its own; <see cref="Add"/> sums them up.
/// </summary>
public struct OperationCounters
{
    /// <summary>Entries written to page tables.</summary>
    public long PteWrites;

    /// <summary>TLB flushes asked for, of a range or of everything.</summary>
    public long TlbFlushes;

    /// <summary>Interrupts sent to other CPUs to have them flush.</summary>
    public long Ipis;

    /// <summary>Grace periods waited for (synchronize_rcu).</summary>
    public long RcuSynchronizations;

    /// <summary>Bytes of struct pages, and of huge pages that are moved, copied from frame to frame.</summary>
    public long BytesCopied;

    /// <summary>Acquisitions of the kernel's locks.</summary>
    public long LockAcquisitions;

    /// <summary>Blocks of vmemmap that were split into a table of pages.</summary>
    public long BlockSplits;

    /// <summary>Tables made for a split that another CPU had done already, and given back.</summary>
    public long LostSplits;

    /// <summary>Page tables allocated.</summary>
    public long PageTablesAllocated;

    /// <summary>Page tables freed.</summary>
    public long PageTablesFreed;

    /// <summary>Frames of vmemmap given back to the allocator.</summary>
    public long FramesReturned;

    /// <summary>Frames taken from the allocator for vmemmap.</summary>
    public long FramesTaken;

    /// <summary>Struct pages written.</summary>
    public long StructPagesWritten;

    /// <summary>Allocations that failed.</summary>
    public long AllocationFailures;

    /// <summary>Accesses that faulted because an entry was broken to be made again.</summary>
    public long BreakBeforeMakeFaults;

    /// <summary>Times all other CPUs were stopped (stop_machine).</summary>
    public long MachineStops;

    /// <summary>CPUs paused by an interrupt.</summary>
    public long CpuPauses;

    /// <summary>References and pins of struct pages in RAM that were changed, one atomic operation each.</summary>
    public long ReferenceUpdates;

    /// <summary>The same, of struct pages on a device.</summary>
    public long DeviceReferenceUpdates;

    /// <summary>Base pages that were handed to a caller, or taken back (the array of get_user_pages).</summary>
    public long PagesRecorded;

    /// <summary>Page faults that a process took, whatever came of them.</summary>
    public long PageFaults;

    /// <summary>System calls that a process made.</summary>
    public long SystemCalls;

    /// <summary>Threads that were woken and run on another CPU.</summary>
    public long Wakeups;

    /// <summary>Adds another CPU's, or another time's.</summary>
    /// <param name="other">What to add.</param>
    public void Add(in OperationCounters other) => Combine(in other, 1);

    /// <summary>What happened between two readings.</summary>
    /// <param name="before">The earlier reading.</param>
    public readonly OperationCounters Since(in OperationCounters before)
    {
        OperationCounters difference = this;
        difference.Combine(in before, -1);
        return difference;
    }

    private void Combine(in OperationCounters other, long sign)
    {
        PteWrites += sign * other.PteWrites;
        TlbFlushes += sign * other.TlbFlushes;
        Ipis += sign * other.Ipis;
        RcuSynchronizations += sign * other.RcuSynchronizations;
        BytesCopied += sign * other.BytesCopied;
        LockAcquisitions += sign * other.LockAcquisitions;
        BlockSplits += sign * other.BlockSplits;
        LostSplits += sign * other.LostSplits;
        PageTablesAllocated += sign * other.PageTablesAllocated;
        PageTablesFreed += sign * other.PageTablesFreed;
        FramesReturned += sign * other.FramesReturned;
        FramesTaken += sign * other.FramesTaken;
        StructPagesWritten += sign * other.StructPagesWritten;
        AllocationFailures += sign * other.AllocationFailures;
        BreakBeforeMakeFaults += sign * other.BreakBeforeMakeFaults;
        MachineStops += sign * other.MachineStops;
        CpuPauses += sign * other.CpuPauses;
        ReferenceUpdates += sign * other.ReferenceUpdates;
        DeviceReferenceUpdates += sign * other.DeviceReferenceUpdates;
        PagesRecorded += sign * other.PagesRecorded;
        PageFaults += sign * other.PageFaults;
        SystemCalls += sign * other.SystemCalls;
        Wakeups += sign * other.Wakeups;
    }
}
