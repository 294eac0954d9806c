namespace Vmemmap.Analyzers.Tests.Agreement.Grammar;

/// <summary>A way by which a huge page comes to be in a state.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Template">The statements. $body is the index form with the write in it; where there are $take and $use, these are the two halves of a write.</param>
internal sealed record StateForm(string Name, string Template)
{
    /// <summary>The states in which it may begin: without it, any.</summary>
    public States Admits { get; init; } = States.Any;

    /// <summary>What the write goes through: $page.</summary>
    public string Page { get; init; } = "page";

    /// <summary>The span of all struct pages; without it the marked member of the class.</summary>
    public string? Span { get; init; }

    /// <summary>What it offers to writes.</summary>
    public Through Gives { get; init; } = Through.Source | Through.Page | Through.Span | Through.Other;

    /// <summary>Another method of the class, which is the one to judge; then the template calls it. {0} is its name.</summary>
    public string? Judged { get; init; }

    /// <summary>Whether the flag decides something.</summary>
    public bool UsesFlag { get; init; }

    /// <summary>Whether the state of the other huge page decides something.</summary>
    public bool UsesOther { get; init; }

    /// <summary>Whether it remaps, and so may find no memory.</summary>
    public bool Remaps { get; init; }

    /// <summary>Whether the body may return: not from a finally block.</summary>
    public bool MayReturn { get; init; } = true;

    /// <summary>Whether the write is in two halves.</summary>
    public bool IsSplit => Template.Contains("$use", StringComparison.Ordinal);
}
