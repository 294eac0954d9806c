using System.Text.RegularExpressions;

namespace Vmemmap.Publish.Tests;

/// <summary>
/// No walker of the published tool is left to the JIT, whose first code (Tier-0) is several times slower. What is generic over a type of another
/// assembly is compiled ahead only if both are compiled as one, and only if somebody names it without a virtual call.
/// </summary>
[Collection(PublishedTool.Collection)]
public sealed partial class ReadyToRunTests(PublishedTool tool)
{
    // One image of each family and page size.
    [PublishingTheory]
    [InlineData("x86_64-6.12-4level-kaslr")]
    [InlineData("arm64-6.1-4k-va48-hvo")]
    [InlineData("arm64-6.12-16k-va47-hvo")]
    [InlineData("arm64-6.1-64k-va48-hvo")]
    [InlineData("riscv64-6.12-sv48-hvo")]
    public async Task Walkers_AreCompiledAhead(string image)
    {
        Assert.DoesNotMatch(@"(warning|error) [A-Z]{2,}\d+", tool.ReadyToRunBuild);
        Assert.Empty(WalkersOf(await JittedAsync(image, [])));
    }

    /// <summary>Without the code that was compiled ahead the same walkers are there: their names are what is looked for.</summary>
    [PublishingFact]
    public async Task WithoutThatCode_TheJitCompilesThem()
    {
        string[] walkers = WalkersOf(await JittedAsync("x86_64-6.12-4level-kaslr", new() { ["DOTNET_ReadyToRun"] = "0" }));
        Assert.Contains(walkers, w => w.Contains("Vmemmap.X64:TryTranslate[Vmemmap.Dumps.ImageMemory]", StringComparison.Ordinal));
        Assert.Contains(walkers, w => w.Contains("Vmemmap.PageTableWalk:Walk[", StringComparison.Ordinal));
    }

    private async Task<string[]> JittedAsync(string image, Dictionary<string, string> environment)
    {
        string list = tool.File($"jitted-{Guid.NewGuid():n}.txt");
        environment["DOTNET_JitDisasmSummary"] = "1";
        environment["DOTNET_JitStdOutFile"] = list;
        environment["DOTNET_TieredCompilation"] = "1";
        Assert.Contains("freed by HVO", await tool.ReadyToRunAsync(environment, "inspect", PublishedTool.Image(image)), StringComparison.Ordinal);
        string[] lines = await File.ReadAllLinesAsync(list);
        Assert.NotEmpty(lines);
        return lines;
    }

    private static string[] WalkersOf(string[] jitted) =>
        [.. jitted.Where(line => FirstCode().IsMatch(line) && Compiled().Match(line) is { Success: true } m && IsWalker(m))];

    // "JIT compiled Vmemmap.X64:Vmemmap.IArchitecture.TryTranslate[Vmemmap.Dumps.ImageMemory](byref,…) [Tier0, …]": type, then method.
    private static bool IsWalker(Match compiled) =>
        compiled.Groups["type"].Value.StartsWith("Vmemmap.PageTableWalk", StringComparison.Ordinal)
        || Walker().IsMatch(compiled.Groups["method"].Value);

    // "[Tier0, …]", "[Instrumented Tier0, …]" or, of a method with a loop that may not wait, "[Tier-0 switched to FullOpts, …]".
    [GeneratedRegex(@"\[[^\[]*Tier-?0[^\[]*\]$")]
    private static partial Regex FirstCode();

    [GeneratedRegex(@"JIT compiled (?<type>[^:]+):(?<method>[^:\[(]+)")]
    private static partial Regex Compiled();

    [GeneratedRegex(@"(^|\.)(TryTranslate|Walk\w*)$")]
    private static partial Regex Walker();
}
