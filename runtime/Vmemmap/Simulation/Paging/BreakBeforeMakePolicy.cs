namespace Vmemmap.Simulation;

/// <summary>
/// What is done where the architecture wants a live entry broken (made invalid, and flushed) before it gets another output address or
/// another size. Nothing of this matters where <see cref="IArchitecture.RequiresBreakBeforeMake"/> is false.
/// </summary>
public enum BreakBeforeMakePolicy : byte
{
    /// <summary>Vmemmap is not remapped at all: mainline arm64 since v6.3 (060a2c92d1b6).</summary>
    Refuse,

    /// <summary>Break, flush, make; other CPUs that touch the range meanwhile fault, and the fault handler waits (arm64 proposals of 2023-24).</summary>
    FaultFixUp,

    /// <summary>Break, flush, make while stop_machine holds all other CPUs.</summary>
    StopMachine,

    /// <summary>Break, flush, make while an interrupt pauses all other CPUs (arm64 proposal of November 2024).</summary>
    IpiPause,

    /// <summary>Live entries are overwritten, as arm64 did from v5.19 to v6.2: unpredictable, and reported as a violation each time.</summary>
    Ignore,
}
