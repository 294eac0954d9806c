namespace Vmemmap.Simulation;

/// <summary>How an access of a CPU ended.</summary>
public enum AccessResult : byte
{
    /// <summary>It was done.</summary>
    Done,

    /// <summary>It faulted, and the machine reported a violation: nothing was read or written.</summary>
    Faulted,

    /// <summary>It faulted because the entry is broken to be made again. The handler returns when it is; try again then.</summary>
    InBreakBeforeMake,

    /// <summary>The CPU is stopped or paused and does nothing until it is let go.</summary>
    Stopped,
}
