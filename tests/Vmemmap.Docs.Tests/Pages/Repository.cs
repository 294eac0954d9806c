using System.Reflection;

namespace Vmemmap.Docs.Tests.Pages;

/// <summary>Files of the repository, wherever the tests run.</summary>
internal static class Repository
{
    public static string Root { get; } = typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    /// <summary>Whether what is made from the sources is written, instead of compared.</summary>
    public static bool IsUpdate { get; } = Environment.GetEnvironmentVariable("VMEMMAP_UPDATE_SNAPSHOTS") == "1";

    /// <summary>A path of the system from one of the repository: "docs/hvo.md".</summary>
    public static string PathOf(string path) => Path.Combine(Root, path.Replace('/', Path.DirectorySeparatorChar));

    public static bool Exists(string path) => File.Exists(PathOf(path)) || Directory.Exists(PathOf(path));

    public static string Read(string path) => File.ReadAllText(PathOf(path)).ReplaceLineEndings("\n");

    /// <summary>Compares a file that is made with what is made now; VMEMMAP_UPDATE_SNAPSHOTS=1 writes it.</summary>
    public static void AssertMade(string path, string content)
    {
        if (IsUpdate)
        {
            File.WriteAllText(PathOf(path), content);
        }

        Assert.True(Exists(path) && Read(path) == content, $"{path} is not what would be made now; VMEMMAP_UPDATE_SNAPSHOTS=1 makes it anew");
    }

    /// <summary>Files below a folder that exist, "/" between names, in order; nothing that is built.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) => Directory.Exists(PathOf(folder))
        ? Directory.EnumerateFiles(PathOf(folder), pattern, SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Root, f).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(f => !f.Split('/').Any(part => part is "bin" or "obj" or "artifacts"))
            .Order(StringComparer.Ordinal)
        : [];
}
