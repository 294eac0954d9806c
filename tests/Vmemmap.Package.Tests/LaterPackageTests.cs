using Vmemmap.Package.Tests.Building;
using Vmemmap.Package.Tests.Feed;

namespace Vmemmap.Package.Tests;

/// <summary>
/// What a consumer generated and compiled against one build of the package runs on a later one, whose contract has grown in the way that is
/// allowed: by a member with a body.
/// </summary>
[Collection(PackedFeedTests.Name)]
public sealed class LaterPackageTests(PackedFeed feed)
{
    private const string Member = """
            /// <summary>What came later.</summary>
            static virtual string Later => "a later package";

        """;

    private const string Reader = """
            /// <summary>What came later.</summary>
            /// <typeparam name="TArch">The architecture.</typeparam>
            public static string LaterOf<TArch>()
                where TArch : struct, IArchitecture => TArch.Later;

        """;

    [Fact]
    public async Task TableCompiledEarlier_RunsOnALaterPackage()
    {
        Consumer consumer = Consumer.Of(feed, "EarlierTable");
        (await consumer.BuildAsync()).Clean();
        Assert.Equal("0x812345 8M\nthe package that this was compiled against\n", await consumer.RunAsync("EarlierTable"));

        string later = await BuildLaterAsync();
        string output = Path.GetDirectoryName(Directory.GetFiles(Path.Combine(consumer.Folder, "bin"), "Vmemmap.dll", SearchOption.AllDirectories).Single())!;
        File.Copy(later, Path.Combine(output, "Vmemmap.dll"), overwrite: true);
        Assert.Equal("0x812345 8M\na later package\n", await consumer.RunAsync("EarlierTable"));
    }

    private async Task<string> BuildLaterAsync()
    {
        string sources = Path.Combine(feed.Root, "later");
        foreach (string file in Directory.GetFiles(PackedFeed.Repository).Where(f => !f.EndsWith(".sln", StringComparison.Ordinal)))
        {
            Copy(file);
        }

        foreach (string folder in new[] { "generators", Path.Combine("runtime", "Vmemmap") })
        {
            foreach (string file in Directory.GetFiles(Path.Combine(PackedFeed.Repository, folder), "*", SearchOption.AllDirectories))
            {
                Copy(file);
            }
        }

        Copy(Path.Combine(PackedFeed.Repository, "runtime", "Directory.Build.props"));
        AddBeforeTheEnd(Path.Combine(sources, "runtime", "Vmemmap", "Contracts", "IArchitecture.cs"), Member);
        AddBeforeTheEnd(Path.Combine(sources, "runtime", "Vmemmap", "Architectures", "Architectures.cs"), Reader);
        DotnetCommand build = await DotnetCommand.RunAsync(
            sources, PackedFeed.BuildEnvironment, DotnetCommand.Host, "build", Path.Combine("runtime", "Vmemmap"), "-v:m", "-p:Version=99.0.0", "-p:RunAnalyzers=false");
        build.Succeeded();
        return Directory.GetFiles(Path.Combine(sources, "artifacts", "bin", "Vmemmap"), "Vmemmap.dll", SearchOption.AllDirectories).Single();

        void Copy(string file)
        {
            string target = Path.Combine(sources, Path.GetRelativePath(PackedFeed.Repository, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    // The type is the last in its file.
    private static void AddBeforeTheEnd(string file, string member)
    {
        string text = File.ReadAllText(file).TrimEnd();
        Assert.EndsWith("}", text, StringComparison.Ordinal);
        File.WriteAllText(file, text[..^1] + "\n" + member + "}\n");
    }
}
