namespace Vmemmap.Analyzers.Tests.Agreement.Grammar;

/// <summary>A way to come by an index.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Index">The expression.</param>
/// <param name="Template">The statements around the write, which is $write.</param>
internal sealed record IndexForm(string Name, string Index, string Template = "$write")
{
    /// <summary>Values of n for which every index is one that the huge page has, from its struct pages and the first read-only one.</summary>
    public Func<Target, IEnumerable<long>> Inside { get; init; } = _ => [0];

    /// <summary>Values of n for which it is not.</summary>
    public Func<Target, IEnumerable<long>> Outside { get; init; } = _ => [];

    /// <summary>Whether the flag decides something.</summary>
    public bool UsesFlag { get; init; }

    /// <summary>What it asks the huge page for, beside the struct page.</summary>
    public Through Through { get; init; }
}
