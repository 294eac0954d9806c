namespace Vmemmap.Generators.Selection;

/// <summary>An architecture that can be selected.</summary>
/// <param name="Name">Canonical name.</param>
/// <param name="Alias">Second name, or empty.</param>
/// <param name="Type">Its type from the global namespace: "global::Vmemmap.X64".</param>
/// <param name="HugePageType">The nested type of its default huge page size: "Huge2M".</param>
/// <param name="Assembly">The assembly that has it; empty for the project's own.</param>
internal sealed record KnownArchitecture(string Name, string Alias, string Type, string HugePageType, string Assembly)
{
    /// <summary>Whether the name or the alias is this; case counts.</summary>
    public bool IsNamed(string name) => Name == name || Alias == name;
}
