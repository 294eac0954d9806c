using Vmemmap.HighGranularity;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.HighGranularity.Postcopy;

/// <summary>Migrations that tests replay.</summary>
internal static class PostcopyCases
{
    /// <summary>32M on 16 huge pages of 2M.</summary>
    public static PostcopyRequest Small { get; } = new()
    {
        Architecture = "x86-64",
        HugePageBytes = 2UL << 20,
        MemoryBytes = 32UL << 20,
        VirtualCpus = 3,
        WithAutomaticCollapse = false,
    };

    /// <summary>1G on one huge page, on x86-64, in sizes that are few pieces.</summary>
    public static PostcopyRequest OneGigabyte { get; } = new()
    {
        Architecture = "x86-64",
        MemoryBytes = 1UL << 30,
        FetchBytes = [2UL << 20, 1UL << 30],
        WithAutomaticCollapse = false,
    };

    /// <summary>Costs under which only the link takes time.</summary>
    public static CostModel Nothing { get; } = new()
    {
        PteWrite = 0,
        LocalFlush = 0,
        Ipi = 0,
        LockAcquisition = 0,
        FrameTaken = 0,
        FrameReturned = 0,
        StructPageWritten = 0,
        ReferenceUpdate = 0,
        PageFault = 0,
        SystemCall = 0,
        Wakeup = 0,
        WakeupLatency = 0,
    };
}
