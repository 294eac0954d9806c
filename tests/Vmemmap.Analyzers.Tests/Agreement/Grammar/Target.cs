namespace Vmemmap.Analyzers.Tests.Agreement.Grammar;

/// <summary>The architecture and the layout that a snippet is written for.</summary>
/// <param name="Name">A name that is a C# identifier.</param>
/// <param name="Architectures">The types it runs on: one, or several where the snippet is generic.</param>
/// <param name="ReadOnlyFrom">First read-only index, around which snippets place theirs; the lowest where the snippet is generic.</param>
/// <param name="StructPages">Struct pages of the default huge page size; the fewest where the snippet is generic.</param>
/// <param name="PageSize">Bytes of a base page; the least where the snippet is generic.</param>
/// <param name="HasReadOnlyMappings">Whether the kernel of the architecture maps aliases read-only.</param>
internal sealed record Target(
    string Name,
    IReadOnlyList<(Type Architecture, Type Layout)> Architectures,
    long ReadOnlyFrom,
    long StructPages,
    long PageSize,
    bool HasReadOnlyMappings)
{
    /// <summary>Whether the snippet is generic over both.</summary>
    public bool IsGeneric => Architectures.Count > 1;
}
