namespace Vmemmap.HighGranularity;

/// <summary>Why an operation on a mapping stopped, by the kernel's error numbers (include/uapi/asm-generic/errno-base.h and errno.h).</summary>
public enum MappingError
{
    /// <summary>It did not.</summary>
    None = 0,

    /// <summary>-EIO: the page that was to be mapped has a memory error.</summary>
    InputOutput = -5,

    /// <summary>-ENOMEM: no frame for a page table or a huge page, or a count that would overflow.</summary>
    NoMemory = -12,

    /// <summary>-EFAULT: the file has no page there.</summary>
    Fault = -14,

    /// <summary>-EBUSY: the page is being migrated.</summary>
    Busy = -16,

    /// <summary>-EEXIST: something is mapped there, or an entry is in the way that is not present and not none.</summary>
    Exists = -17,

    /// <summary>-EINVAL: the mapping, or its page, cannot be mapped so.</summary>
    Invalid = -22,

    /// <summary>-EHWPOISON: not everything could be collapsed, because of a memory error.</summary>
    HwPoison = -133,
}

/// <summary>How an operation on a mapping ended.</summary>
/// <param name="Error">Why it stopped before its end.</param>
/// <param name="Bytes">Bytes from the start of its range that are done; all, if there is no error.</param>
/// <param name="Reason">The error in words; empty if there is none.</param>
public readonly record struct MappingResult(MappingError Error, ulong Bytes, string Reason)
{
    /// <summary>Whether all of it is done.</summary>
    public bool IsDone => Error == MappingError.None;

    internal static MappingResult Done(ulong bytes) => new(MappingError.None, bytes, string.Empty);
}
