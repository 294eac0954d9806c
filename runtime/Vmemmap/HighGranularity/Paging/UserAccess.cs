namespace Vmemmap.HighGranularity;

/// <summary>How an access of a process ended in the hardware.</summary>
public enum UserAccess : byte
{
    /// <summary>It was done.</summary>
    Done,

    /// <summary>Nothing is mapped there: a page fault.</summary>
    NotMapped,

    /// <summary>It was a write, and what is mapped there may only be read: a page fault.</summary>
    ReadOnly,
}
