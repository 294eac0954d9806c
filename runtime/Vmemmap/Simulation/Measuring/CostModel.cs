namespace Vmemmap.Simulation;

/// <summary>
/// What each counted event is taken to cost, in nanoseconds of <b>simulated</b> time. The constants are round numbers of the right
/// order for a server of the 2020s, in this one place; docs/hvo.md says where each comes from. Simulated time compares designs with each
/// other. It says nothing about the seconds of a real machine.
/// </summary>
public sealed record CostModel
{
    /// <summary>Writing an entry, with its barrier.</summary>
    public double PteWrite { get; init; } = 5;

    /// <summary>A flush on the CPU that asks for it.</summary>
    public double LocalFlush { get; init; } = 200;

    /// <summary>One interrupt to one CPU, and waiting for its answer; overlapping, hence less than the round trip.</summary>
    public double Ipi { get; init; } = 400;

    /// <summary>A grace period.</summary>
    public double RcuSynchronization { get; init; } = 10_000_000;

    /// <summary>Copying one byte of a frame.</summary>
    public double ByteCopied { get; init; } = 0.05;

    /// <summary>Taking an uncontended lock.</summary>
    public double LockAcquisition { get; init; } = 20;

    /// <summary>Allocating a frame.</summary>
    public double FrameTaken { get; init; } = 60;

    /// <summary>Freeing a frame.</summary>
    public double FrameReturned { get; init; } = 50;

    /// <summary>Writing one struct page: one cache line.</summary>
    public double StructPageWritten { get; init; } = 4;

    /// <summary>Stopping all CPUs and letting them go.</summary>
    public double MachineStop { get; init; } = 50_000;

    /// <summary>Pausing one CPU by an interrupt and letting it go.</summary>
    public double CpuPause { get; init; } = 1_000;

    /// <summary>A fault taken and fixed up in a break-before-make window.</summary>
    public double BreakBeforeMakeFault { get; init; } = 1_000;

    /// <summary>Changing the references of a struct page in RAM: an atomic operation on a line that is read in order.</summary>
    public double ReferenceUpdate { get; init; } = 15;

    /// <summary>The same where struct pages live on a device, which is slower memory.</summary>
    public double DeviceReferenceUpdate { get; init; } = 120;

    /// <summary>Handing one base page to a caller: a pointer stored in its array, or read from it.</summary>
    public double PageRecorded { get; init; } = 1.5;

    /// <summary>A page fault: into the kernel, to the mapping, and back.</summary>
    public double PageFault { get; init; } = 1_000;

    /// <summary>A system call, without what it does.</summary>
    public double SystemCall { get; init; } = 200;

    /// <summary>Waking a thread that sleeps: what it takes the CPU that wakes it.</summary>
    public double Wakeup { get; init; } = 1_000;

    /// <summary>
    /// From then until the woken thread runs on its own CPU: an interrupt, the scheduler, cold caches. It delays what that thread does and
    /// takes nobody's time, so <see cref="Nanoseconds"/> has no part of it.
    /// </summary>
    public double WakeupLatency { get; init; } = 3_000;

    /// <summary>Simulated time of what was counted, on the CPU that counted it.</summary>
    /// <param name="counters">What was counted.</param>
    /// <returns>Nanoseconds.</returns>
    public double Nanoseconds(in OperationCounters counters) =>
        (counters.PteWrites * PteWrite)
        + (counters.TlbFlushes * LocalFlush)
        + (counters.Ipis * Ipi)
        + (counters.RcuSynchronizations * RcuSynchronization)
        + (counters.BytesCopied * ByteCopied)
        + (counters.LockAcquisitions * LockAcquisition)
        + ((counters.FramesTaken + counters.PageTablesAllocated) * FrameTaken)
        + ((counters.FramesReturned + counters.PageTablesFreed) * FrameReturned)
        + (counters.StructPagesWritten * StructPageWritten)
        + (counters.MachineStops * MachineStop)
        + (counters.CpuPauses * CpuPause)
        + (counters.BreakBeforeMakeFaults * BreakBeforeMakeFault)
        + (counters.ReferenceUpdates * ReferenceUpdate)
        + (counters.DeviceReferenceUpdates * DeviceReferenceUpdate)
        + (counters.PagesRecorded * PageRecorded)
        + (counters.PageFaults * PageFault)
        + (counters.SystemCalls * SystemCall)
        + (counters.Wakeups * Wakeup);
}
