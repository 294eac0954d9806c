namespace Vmemmap.Analyzers.Rules;

/// <summary>Keys of what a diagnostic hands to its fixes, which never work it out again. A key that does not apply is absent.</summary>
internal static class FixProperties
{
    /// <summary>What the access is: a name of <see cref="Accesses.AccessKind"/>.</summary>
    public const string Kind = "kind";

    /// <summary>Lowest index that may be reached, decimal.</summary>
    public const string LowestIndex = "low";

    /// <summary>Highest index that may be reached, decimal; absent if there is no bound.</summary>
    public const string HighestIndex = "high";

    /// <summary>Lowest first read-only index, decimal.</summary>
    public const string FirstReadOnly = "firstReadOnly";

    /// <summary>Start of the expression in which the struct page was taken from the huge page, in the same file; decimal.</summary>
    public const string SourceStart = "sourceStart";

    /// <summary>Length of that expression, decimal.</summary>
    public const string SourceLength = "sourceLength";
}
