namespace Vmemmap.Analyzers.Tests.Agreement.Grammar;

/// <summary>What a write form needs to get at a struct page.</summary>
[Flags]
internal enum Through
{
    /// <summary>Anything with <c>Unchecked</c> and an indexer.</summary>
    Source = 1,

    /// <summary>A huge page.</summary>
    Page = 2,

    /// <summary>A span of all of its struct pages.</summary>
    Span = 4,

    /// <summary>A restored scope.</summary>
    Scope = 8,

    /// <summary>The second huge page.</summary>
    Other = 16,
}
