namespace Vmemmap.Analyzers.Tests.Agreement.Grammar;

/// <summary>A way to write a struct page.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Write">The statement. $page, $span and $scope are what it goes through, $i is the index, $R the first read-only one, $N how many there are.</param>
/// <remarks>
/// Every one must change bytes, however often it runs: it writes what the pattern of the memory never holds, or adds.
/// </remarks>
internal sealed record WriteForm(string Name, string Write)
{
    /// <summary>What it goes through.</summary>
    public Through Through { get; init; } = Through.Source;

    /// <summary>The statement that takes a reference, where that is one of its own.</summary>
    public string Take { get; init; } = string.Empty;

    /// <summary>Whether an index that the huge page does not have throws, instead of going astray.</summary>
    public bool IsChecked { get; init; } = true;

    /// <summary>Whether the flag decides something.</summary>
    public bool UsesFlag { get; init; }
}
