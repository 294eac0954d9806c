using System.Reflection;
using Vmemmap.Package.Tests.Building;

namespace Vmemmap.Publish.Tests;

/// <summary>The tool, published in two ways into a folder that goes when the tests end.</summary>
public sealed class PublishedTool : IAsyncLifetime
{
    public const string Collection = "published tool";

    private static readonly string Repository = typeof(PublishedTool).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    // Invariant: what is compared are texts.
    private static readonly Dictionary<string, string> Environment = new() { ["DOTNET_CLI_UI_LANGUAGE"] = "en", ["DOTNET_NOLOGO"] = "1", ["NO_COLOR"] = "1" };

    // The solution's own build asks the rules and writes the documentation.
    private static readonly string[] HasBeenAsked = ["-p:RunAnalyzers=false", "-p:UsesOwnRules=false", "-p:GenerateDocumentationFile=false"];

    private readonly string _folder = Directory.CreateTempSubdirectory("vmemmap-publish-").FullName;

    /// <summary>What the build said of the trimmed tool.</summary>
    public string TrimmedBuild { get; private set; } = "";

    /// <summary>What the build said of the tool that is compiled ahead of time.</summary>
    public string ReadyToRunBuild { get; private set; } = "";

    /// <summary>A file of the folder.</summary>
    public string File(string name) => Path.Combine(_folder, name);

    /// <summary>An image of a real kernel.</summary>
    public static string Image(string name) => Path.Combine(Repository, "tests", "fixtures", name + ".core.gz");

    /// <summary>Runs the trimmed tool, which brings its framework with it.</summary>
    public Task<string> TrimmedAsync(params string[] arguments) => RunAsync(File("trimmed/Vmemmap.Tool"), [], arguments);

    /// <summary>Runs the other one, on the framework of this machine.</summary>
    /// <param name="environment">What it sees besides.</param>
    /// <param name="arguments">Its arguments.</param>
    public Task<string> ReadyToRunAsync(Dictionary<string, string> environment, params string[] arguments) =>
        RunAsync(DotnetCommand.Host, environment, ["exec", File("readytorun/Vmemmap.Tool.dll"), .. arguments]);

    public async Task InitializeAsync()
    {
        if (PublishingFactAttribute.Reason is not null)
        {
            return;
        }

        TrimmedBuild = await PublishAsync("trimmed", "--self-contained", "-p:PublishTrimmed=true", "-p:TrimmerSingleWarn=false");
        ReadyToRunBuild = await PublishAsync("readytorun", "--no-self-contained", "-p:PublishReadyToRun=true");
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    private async Task<string> PublishAsync(string name, params string[] how)
    {
        DotnetCommand publish = await DotnetCommand.RunAsync(
            Repository,
            Environment,
            DotnetCommand.Host,
            [
                "publish", "runtime/Vmemmap.Tool", "-c", "Release", "-r", "linux-x64", "-p:ArtifactsPath=" + File("build"), "-o", File(name),
                .. HasBeenAsked, .. how,
            ]);
        return publish.Output + publish.Errors;
    }

    private static async Task<string> RunAsync(string file, Dictionary<string, string> environment, string[] arguments) =>
        (await DotnetCommand.RunAsync(Repository, Environment.Concat(environment).ToDictionary(), file, arguments)).Succeeded().Output;
}
