namespace Vmemmap.HighGranularity;

/// <summary>Which faults of a mapping are its user's (UFFDIO_REGISTER).</summary>
[Flags]
public enum Userfaults : byte
{
    /// <summary>None: the kernel maps what the file has, and gives it pages where it has none.</summary>
    None = 0,

    /// <summary>Those where the file has no page (UFFDIO_REGISTER_MODE_MISSING).</summary>
    Missing = 1,

    /// <summary>Those where the file has a page, and nothing is mapped (UFFDIO_REGISTER_MODE_MINOR).</summary>
    Minor = 2,
}
