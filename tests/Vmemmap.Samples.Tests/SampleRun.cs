using Vmemmap.Package.Tests.Building;
using Vmemmap.SamplePages;

namespace Vmemmap.Samples.Tests;

/// <summary>Runs of <c>dotnet</c> over a sample, in the repository's root.</summary>
internal static class SampleRun
{
    private static readonly Dictionary<string, string> Environment = new() { ["DOTNET_CLI_UI_LANGUAGE"] = "en", ["DOTNET_NOLOGO"] = "1" };

    /// <summary>"debug" or "release", as folders are named: what this assembly was built as, so were the samples.</summary>
    private static string Configuration { get; } = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    /// <summary>Runs the program of a sample as it was built last.</summary>
    public static Task<DotnetCommand> ExecAsync(Sample sample, SampleCommand command) => RunAsync([
        "exec", Path.Combine(Sample.Root, "artifacts", "bin", sample.Name, Configuration, $"{sample.Name}.dll"), .. command.Arguments]);

    /// <summary>Builds a sample, and nothing that it references: others may be using these assemblies just now.</summary>
    public static Task<DotnetCommand> BuildAsync(Sample sample, IEnumerable<string> options) => RunAsync([
        "build", sample.Project, "-c", Configuration == "release" ? "Release" : "Debug", "-nologo", "-v", "quiet", "-nodeReuse:false",
        "-p:BuildProjectReferences=false", .. options]);

    private static Task<DotnetCommand> RunAsync(string[] arguments) =>
        DotnetCommand.RunAsync(Sample.Root, Environment, DotnetCommand.Host, arguments);
}
