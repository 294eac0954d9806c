using System.Text.RegularExpressions;
using Vmemmap.Tool.Tests.RealImages;

namespace Vmemmap.Tool.Tests.Repository;

/// <summary>Files that no program reads here, and others rely on.</summary>
public sealed partial class RepositoryTests
{
    /// <summary>The workflow sets up what global.json asks for and calls what decides everywhere; it uploads nothing.</summary>
    [Fact]
    public void Workflow_CallsWhatDecides()
    {
        Dictionary<string, string> workflow = YamlPaths.Read(Read(".github", "workflows", "ci.yml"));
        Assert.Equal("ci", workflow["name"]);
        Assert.Contains("on.pull_request", workflow.Keys);
        Assert.Equal("read", workflow["permissions.contents"]);
        Assert.StartsWith("ubuntu-", workflow["jobs.run.runs-on"]);
        Assert.StartsWith("actions/checkout@", workflow["jobs.run.steps[0].uses"]);
        Assert.StartsWith("actions/setup-dotnet@", workflow["jobs.run.steps[1].uses"]);
        Assert.Equal("global.json", workflow["jobs.run.steps[1].with.global-json-file"]);
        Assert.Equal(".ci/run", workflow["jobs.run.steps[2].run"]);
        string[] actions = [.. workflow.Where(pair => pair.Key.EndsWith(".uses", StringComparison.Ordinal)).Select(pair => pair.Value)];
        Assert.All(actions, action => Assert.Matches(@"^[\w-]+/[\w-]+@(v\d+\.\d+\.\d+|[0-9a-f]{40})$", action));
        Assert.DoesNotContain(workflow.Values, value => value.Contains("upload", StringComparison.Ordinal) || value.Contains("secrets", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("name: ci\n\ton: push\n")]
    [InlineData("name: ci\nname: ci\n")]
    [InlineData("on:\n    push:\n  pull_request:\n")]
    [InlineData("- a: b\nsteps\n")]
    public void Workflow_ThatIsNoYaml_IsRefused(string text) => Assert.ThrowsAny<Exception>(() => YamlPaths.Read(text));

    [Fact]
    public void WhatDecides_CanBeRun()
    {
        string run = Path.Combine(Fixture.Root, ".ci", "run");
        Assert.StartsWith("#!/usr/bin/env bash\n", File.ReadAllText(run));
        if (!OperatingSystem.IsWindows())
        {
            Assert.True(File.GetUnixFileMode(run).HasFlag(UnixFileMode.UserExecute));
        }
    }

    [Fact]
    public void Changelog_HasTheVersionThatIsBuilt()
    {
        string version = Version().Match(Read("Directory.Build.props")).Groups["version"].Value;
        Assert.Matches($@"\n## \[{Regex.Escape(version)}\] - (Unreleased|\d{{4}}-\d\d-\d\d)\n", Read("CHANGELOG.md"));
        Assert.StartsWith($"vmemmap {version}", VersionLine.Text);
    }

    /// <summary>How-tos name real files and tests that there are.</summary>
    [Fact]
    public void Contributing_NamesWhatIsThere()
    {
        string text = Read("CONTRIBUTING.md");
        string[] paths = [.. Quoted().Matches(text).Select(m => m.Groups["text"].Value)
            .Where(name => name.Contains('/') && !name.Contains(' ') && !name.Contains('*') && !name.Contains("nnnn", StringComparison.Ordinal) && !name.Contains("Name", StringComparison.Ordinal) && !name.Contains("FAMILY", StringComparison.Ordinal))];
        Assert.NotEmpty(paths);
        Assert.All(paths, path => Assert.True(Path.Exists(Path.Combine(Fixture.Root, path)) || IsBelowAFolder(path), path));

        string[] sources = Directory.GetFiles(Path.Combine(Fixture.Root, "tests"), "*.cs", SearchOption.AllDirectories);
        string[] tests = [.. Quoted().Matches(text).Select(m => m.Groups["text"].Value).Where(name => TestName().IsMatch(name))];
        Assert.NotEmpty(tests);
        Assert.All(tests, name => Assert.Contains(sources, source => name.Split('.') is [string type, string method]
            ? Path.GetFileNameWithoutExtension(source) == type && File.ReadAllText(source).Contains($" {method}(", StringComparison.Ordinal)
            : Path.GetFileNameWithoutExtension(source) == name || (name.Contains('_') && File.ReadAllText(source).Contains($" {name}(", StringComparison.Ordinal))));
    }

    [Fact]
    public void License_IsMit()
    {
        string license = Read("LICENSE");
        Assert.StartsWith("MIT License\n\nCopyright (c) 2026 The Vmemmap authors\n", license);
        Assert.Contains("THE SOFTWARE IS PROVIDED \"AS IS\"", license);
    }

    // "Kernel/KernelImage.cs" of the project that the section is about.
    private static bool IsBelowAFolder(string path) => ((string[])["runtime/Vmemmap.Dumps", "generators/Vmemmap.Analyzers", "generators/Vmemmap.Generators", ""])
        .Any(folder => Path.Exists(Path.Combine(Fixture.Root, folder, path)));

    private static string Read(params string[] path) => File.ReadAllText(Path.Combine([Fixture.Root, .. path])).ReplaceLineEndings("\n");

    [GeneratedRegex("<Version>(?<version>[^<]+)</Version>", RegexOptions.CultureInvariant)]
    private static partial Regex Version();

    [GeneratedRegex("`(?<text>[^`\n]+)`", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^(\w+Tests(\.\w+)?|[A-Z]\w+_\w+)$", RegexOptions.CultureInvariant)]
    private static partial Regex TestName();
}
