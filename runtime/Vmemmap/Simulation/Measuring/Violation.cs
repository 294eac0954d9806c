namespace Vmemmap.Simulation;

/// <summary>What a machine saw that no correct kernel does.</summary>
public enum ViolationKind : byte
{
    /// <summary>An access through a cached translation to a frame that was freed, or freed and used again.</summary>
    StaleTranslation,

    /// <summary>A write to a read-only mapping: an oops.</summary>
    WriteToReadOnly,

    /// <summary>A write through an alias of a frame that another page of vmemmap owns, where aliases stay writable: silent corruption.</summary>
    WriteThroughAlias,

    /// <summary>An access to an address that nothing maps.</summary>
    Unmapped,

    /// <summary>A live entry got another output address, or another size, without being broken and flushed first.</summary>
    NoBreakBeforeMake,
}

/// <summary>One violation.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Cpu">The CPU that did it.</param>
/// <param name="Address">The virtual address.</param>
/// <param name="Frame">The frame behind it; 0 where there is none.</param>
public readonly record struct Violation(ViolationKind Kind, int Cpu, ulong Address, ulong Frame)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind}: CPU {Cpu}, address 0x{Address:x}, frame 0x{Frame:x}";
}
