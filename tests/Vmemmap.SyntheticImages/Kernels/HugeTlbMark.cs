namespace Vmemmap.SyntheticImages;

/// <summary>How a kernel marks the head of a HugeTLB page.</summary>
internal enum HugeTlbMark
{
    /// <summary>To 6.2: compound_dtor of the second struct page.</summary>
    CompoundDestructor,

    /// <summary>6.3-6.5: the same byte, exported as an offset in the folio.</summary>
    FolioDestructor,

    /// <summary>6.6-6.8: a flag of the second struct page.</summary>
    SecondPageFlag,

    /// <summary>6.9-6.11: a page type bit of the head that is clear.</summary>
    TypeBit,

    /// <summary>6.12 and later: the top byte of the head's page type.</summary>
    TypeByte,
}
