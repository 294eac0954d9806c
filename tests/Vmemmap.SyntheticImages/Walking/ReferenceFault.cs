namespace Vmemmap.SyntheticImages;

/// <summary>Why an address has no translation.</summary>
public enum ReferenceFault
{
    /// <summary>It has one.</summary>
    None,

    /// <summary>The root does not translate the address.</summary>
    NotCanonical,

    /// <summary>The entry is not valid.</summary>
    NotPresent,

    /// <summary>The manual gives the entry no meaning.</summary>
    Reserved,

    /// <summary>The entry is not in the memory.</summary>
    Absent,
}
