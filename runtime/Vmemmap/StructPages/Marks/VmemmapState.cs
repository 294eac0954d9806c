namespace Vmemmap;

/// <summary>What a huge page's vmemmap can be, as far as the one who holds it must know.</summary>
public enum VmemmapState
{
    /// <summary>Never optimized: every struct page has a frame of its own.</summary>
    Fresh,

    /// <summary>Its tails are aliases.</summary>
    Optimized,

    /// <summary>Optimized once, and every struct page has a frame of its own again.</summary>
    Restored,

    /// <summary>Given back: it is no huge page any more.</summary>
    Dissolved,
}
