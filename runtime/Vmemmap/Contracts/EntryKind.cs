namespace Vmemmap;

/// <summary>What a page-table entry is on its level.</summary>
public enum EntryKind : byte
{
    /// <summary>The valid bit is clear; nothing else in the entry counts.</summary>
    NotPresent,

    /// <summary>It points to a table of the next level.</summary>
    Table,

    /// <summary>It maps memory.</summary>
    Leaf,

    /// <summary>Valid, but the architecture gives this pattern no meaning here: hardware would fault on it.</summary>
    Reserved,
}
