namespace Vmemmap.Generators.Selection;

/// <summary>The kinds of mistakes in what a project selects, one id each. Ids are never reused.</summary>
/// <remarks>VMM4001 is the analyzer's, for it has a place in C# code.</remarks>
internal static class SelectionRules
{
    /// <summary>No architecture, or more than one, has the name.</summary>
    public const string Architecture = "VMM4002";

    /// <summary>The project's C# has no global using.</summary>
    public const string Language = "VMM4003";

    /// <summary>The alias cannot be a name in C#.</summary>
    public const string Alias = "VMM4004";
}
