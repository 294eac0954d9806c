using System.Reflection;

namespace Vmemmap.Generators.Tests;

/// <summary>Files of the repository, wherever the tests run.</summary>
internal static class Repository
{
    public static string Root { get; } = typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!;

    public static string TablesFolder { get; } = Path.Combine(Root, "generators", "tables");

    /// <summary>A built-in table as an additional file: "x86-64".</summary>
    public static TableText Table(string family)
    {
        string path = Path.Combine(TablesFolder, family + ".pagetables.xml");
        return new TableText(path, File.ReadAllText(path));
    }

    public static string[] Families => ["x86-64", "arm64", "riscv64"];

    public static string Read(params string[] path) => File.ReadAllText(Path.Combine([Root, .. path]));
}
