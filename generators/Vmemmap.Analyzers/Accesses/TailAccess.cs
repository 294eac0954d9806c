using Microsoft.CodeAnalysis;

namespace Vmemmap.Analyzers.Accesses;

/// <summary>One access to a struct page or to a huge page, and what is known of it.</summary>
internal sealed class TailAccess
{
    public TailAccess(AccessKind kind, Verdict verdict, SyntaxNode syntax)
    {
        Kind = kind;
        Verdict = verdict;
        Syntax = syntax;
    }

    public AccessKind Kind { get; }

    public Verdict Verdict { get; }

    /// <summary>What a diagnostic underlines.</summary>
    public SyntaxNode Syntax { get; }

    /// <summary>What the message names: the code, on one line, or the method that writes ("Interlocked.Or").</summary>
    public string What { get; set; } = string.Empty;

    /// <summary>The indexes it may reach; of a whole range (a span), all that it does reach.</summary>
    public Interval Index { get; set; } = Interval.NotNegative;

    /// <summary>From where on indexes are read-only.</summary>
    public TailBounds Tail { get; set; }

    /// <summary>The states in which the huge page can be.</summary>
    public PageStates States { get; set; }

    /// <summary>The local, parameter or field that holds the huge page, as C# code; null if none does.</summary>
    public string? Page { get; set; }

    /// <summary>The marked member that handed the struct page out.</summary>
    public ISymbol? Source { get; set; }

    /// <summary>The expression in which the struct page was taken from the huge page.</summary>
    public SyntaxNode? SourceSyntax { get; set; }

    /// <summary>Whether a warning was given where the struct page left what is watched: a possible write is no news then.</summary>
    public bool IsToldAlready { get; set; }
}
