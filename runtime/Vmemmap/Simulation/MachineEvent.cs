namespace Vmemmap.Simulation;

/// <summary>Places at which a machine lets an observer look at it, or drive its other CPUs: what may run in between, does.</summary>
public enum MachineEvent : byte
{
    /// <summary>An entry of a page table was written.</summary>
    EntryWritten,

    /// <summary>Entries are broken and not yet made again.</summary>
    InBreakBeforeMake,

    /// <summary>The blocks of a batch are split and nothing is flushed yet.</summary>
    BatchSplit,

    /// <summary>The vmemmap of a batch is remapped and nothing is flushed yet.</summary>
    BatchRemapped,

    /// <summary>TLBs were flushed.</summary>
    Flushed,

    /// <summary>A grace period is waited for.</summary>
    RcuWait,

    /// <summary>An allocation is about to be tried.</summary>
    Allocating,
}
