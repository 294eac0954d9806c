namespace Vmemmap.Analyzers.Accesses;

/// <summary>What code does with a struct page, or with the huge page that has it.</summary>
internal enum AccessKind
{
    /// <summary>Writes it: VMM1001 where that is certain, else VMM1002.</summary>
    Write,

    /// <summary>Makes it writable for the compiler, or leaves what the compiler watches: VMM1003.</summary>
    RemoveReadOnly,

    /// <summary>Passes it to a parameter that may be written: VMM1004.</summary>
    PassWritable,

    /// <summary>Uses the huge page, which may have been dissolved: VMM1007.</summary>
    UsePage,

    /// <summary>Does what is allowed only while the huge page is restored: VMM1008.</summary>
    UseRestored,

    /// <summary>Calls a member that writes, on a copy: VMM1009.</summary>
    WriteCopy,
}
