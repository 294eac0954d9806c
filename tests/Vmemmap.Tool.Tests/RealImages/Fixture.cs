using System.Reflection;
using Vmemmap.Tool.Tests.Synthetic;

namespace Vmemmap.Tool.Tests.RealImages;

/// <summary>Files of the repository, and the tool run on them.</summary>
internal static class Fixture
{
    internal static string Root { get; } = typeof(Fixture).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "RepositoryRoot").Value!;

    internal static string Image(string name) => Path.Combine(Root, "tests", "fixtures", $"{name}.core.gz");

    internal static string Table(string family) => Path.Combine(Root, "generators", "tables", $"{family}.pagetables.xml");

    /// <summary>What inspect prints of an image that it must accept.</summary>
    internal static string Inspect(string name, params string[] options)
    {
        ToolRun run = ToolRun.Of(["inspect", Image(name), .. options]);
        Assert.True(run.ExitCode == 0, run.Error);
        run.AssertNoStackTrace();
        return run.Output;
    }
}
