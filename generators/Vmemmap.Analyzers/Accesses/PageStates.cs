using System;

namespace Vmemmap.Analyzers.Accesses;

/// <summary>The states in which a huge page can be at a point of the code.</summary>
[Flags]
internal enum PageStates
{
    /// <summary>The point is never reached.</summary>
    None = 0,

    /// <summary>Never optimized.</summary>
    Fresh = 1,

    /// <summary>Tails are aliases.</summary>
    Optimized = 2,

    /// <summary>Optimized once, and every struct page has its own frame again.</summary>
    Restored = 4,

    /// <summary>No huge page any more, because this code gave it back.</summary>
    Dissolved = 8,

    /// <summary>Nobody said: it came from outside, or other code has had it since. It is none of the rules' evidence.</summary>
    Unsaid = 16,

    /// <summary>What a page that comes from outside can be.</summary>
    Full = Fresh | Optimized | Restored | Unsaid,
}
