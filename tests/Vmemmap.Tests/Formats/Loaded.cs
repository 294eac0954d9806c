using System.Reflection;

namespace Vmemmap.Tests.Formats;

/// <summary>The architectures that the repository's tables describe: compiled, and loaded at run time from the same files.</summary>
internal static class Loaded
{
    public static string RepositoryRoot { get; } = typeof(Loaded).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!;

    private static readonly Lazy<Dictionary<string, TableWalker>> Walkers = new(() =>
        Directory.GetFiles(Path.Combine(RepositoryRoot, "generators", "tables"), "*.pagetables.xml")
            .SelectMany(TableWalker.Load)
            .ToDictionary(w => w.Name));

    public static TableWalker Walker(string name) => Walkers.Value[name];

    public static IEnumerable<string> WalkerNames => Walkers.Value.Keys;

    public static Architecture Generated(string name) =>
        Architectures.Find(name) ?? throw new ArgumentException($"no architecture '{name}'", nameof(name));
}
