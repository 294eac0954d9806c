namespace Vmemmap.Dumps;

/// <summary>Where one vmemmap page leads.</summary>
/// <param name="Frame">Physical address of its frame; meaningful only if <see cref="State"/> is Mapped.</param>
/// <param name="State">Whether it is mapped, and whether that is known.</param>
/// <param name="Writable">Whether a supervisor write is allowed.</param>
internal readonly record struct Slot(ulong Frame, SlotState State, bool Writable)
{
    public static Slot Hole => new(0, SlotState.Hole, false);

    public static Slot Unknown => new(0, SlotState.Unknown, false);

    public bool IsMapped => State == SlotState.Mapped;
}

/// <summary>What is known of a vmemmap page.</summary>
internal enum SlotState : byte
{
    /// <summary>Nothing: its page table is absent or corrupt.</summary>
    Unknown,

    /// <summary>It is not mapped.</summary>
    Hole,

    /// <summary>It is mapped.</summary>
    Mapped,
}
