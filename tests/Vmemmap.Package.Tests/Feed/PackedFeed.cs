using System.Reflection;
using Vmemmap.Package.Tests.Building;

namespace Vmemmap.Package.Tests.Feed;

/// <summary>
/// The packages, packed once for all tests as anybody would, and a folder beside them where consumers are built: outside of the repository,
/// with this feed as the only one and a package cache of their own.
/// </summary>
public sealed class PackedFeed : IAsyncLifetime
{
    /// <summary>Root of the repository.</summary>
    public static string Repository { get; } =
        typeof(PackedFeed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    /// <summary>Folder of all that the tests make.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("vmemmap-packages-").FullName;

    /// <summary>The feed.</summary>
    public string Packages => Path.Combine(Root, "feed");

    /// <summary>Version of the packages.</summary>
    public string Version { get; private set; } = "";

    /// <summary>What a build of this repository's sources sees.</summary>
    public static IReadOnlyDictionary<string, string> BuildEnvironment { get; } = new Dictionary<string, string>
    {
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
        // A node that outlives a build would keep its pipes, and the test would wait for it.
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
        // Some thirty projects are built one after the other, and a compiler that is started for each is most of the time.
        ["UseSharedCompilation"] = "true",
    };

    /// <summary>What a consumer's build sees of this.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>(BuildEnvironment)
    {
        ["NUGET_PACKAGES"] = Path.Combine(Root, "cache"),
        ["DOTNET_CLI_HOME"] = Path.Combine(Root, "home"),
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_SKIP_FIRST_TIME_EXPERIENCE"] = "1",
        ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false",
    };

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        await PackAsync();
        Version = Directory.GetFiles(Packages, "Vmemmap.Dumps.*.nupkg").Select(f => Path.GetFileNameWithoutExtension(f)["Vmemmap.Dumps.".Length..]).Single();
        await File.WriteAllTextAsync(Path.Combine(Root, "nuget.config"), $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="packed" value="{Packages}" />
              </packageSources>
            </configuration>
            """);

        // Stops the search for files of repositories that the folder may lie in.
        await File.WriteAllTextAsync(Path.Combine(Root, "Directory.Build.props"), $"""
            <Project>
              <PropertyGroup>
                <VmemmapVersion>{Version}</VmemmapVersion>
              </PropertyGroup>
            </Project>
            """);
        await File.WriteAllTextAsync(Path.Combine(Root, "Directory.Build.targets"), "<Project />\n");
        await File.WriteAllTextAsync(Path.Combine(Root, "Directory.Packages.props"), "<Project />\n");
        await File.WriteAllTextAsync(Path.Combine(Root, ".editorconfig"), "root = true\n");
    }

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        Directory.Delete(Root, recursive: true);
        return Task.CompletedTask;
    }

    private async Task PackAsync()
    {
        DotnetCommand packed = await DotnetCommand.RunAsync(Repository, BuildEnvironment, "bash", "pack", "--output", Packages);
        packed.Succeeded();
    }
}

/// <summary>All tests that need the packages: they are packed once, and consumers are built one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class PackedFeedTests : ICollectionFixture<PackedFeed>
{
    /// <summary>Name of the collection.</summary>
    public const string Name = "packed feed";
}
