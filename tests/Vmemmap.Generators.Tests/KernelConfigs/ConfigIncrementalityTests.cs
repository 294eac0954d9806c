using Microsoft.CodeAnalysis;

namespace Vmemmap.Generators.Tests.KernelConfigs;

/// <summary>What an edit makes again. That an unrelated one makes nothing is checked in every run of <see cref="ConfigProject"/>.</summary>
public class ConfigIncrementalityTests
{
    private const string Source = """
        [Vmemmap.KernelConfig("config-6.1.0-56-amd64")] static partial class First;
        [Vmemmap.KernelConfig("config-6.12-riscv64-sv57-hvo")] static partial class Second;
        """;

    private static readonly IncrementalStepRunReason[] Idle = [IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged];

    private readonly ConfigText _first = ConfigFixture.Read("config-6.1.0-56-amd64");
    private readonly ConfigText _second = ConfigFixture.Read("config-6.12-riscv64-sv57-hvo");

    [Theory]
    [InlineData("CONFIG_SOUND=m", "# CONFIG_SOUND is not set")]
    [InlineData("#\n# General setup\n#\n", "\n\n\n\n\n")]
    [InlineData("CONFIG_NODES_SHIFT=10", "CONFIG_NODES_SHIFT=9")]
    public void UnrelatedLine_EmitsNothing(string old, string replacement)
    {
        ConfigProject project = ConfigProject.With(Source, _first, _second);
        Assert.Empty(project.Edit(_first, _first.With(old, replacement)));
        Assert.All(project.OutputReasons, reason => Assert.Contains(reason, Idle));
    }

    [Fact]
    public void ChangeInOneConfig_EmitsItsOwnClassOnly()
    {
        ConfigProject project = ConfigProject.With(Source, _first, _second);
        Assert.Equal(["First"], project.Edit(_first, _first.With("CONFIG_CONTIG_ALLOC=y", "# CONFIG_CONTIG_ALLOC is not set")));
        Assert.Equal(1, project.OutputReasons.Count(reason => !Idle.Contains(reason)));
        Assert.DoesNotContain("Huge1G", project.Source("First.KernelConfig.g.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public void MistakeThatMoves_EmitsNothing()
    {
        ConfigText broken = _first.With("CONFIG_SOUND=m", "CONFIG_SOUND");
        ConfigProject project = ConfigProject.With(Source, broken, _second);
        int line = Assert.Single(project.Result.Diagnostics).Location.GetLineSpan().StartLinePosition.Line;
        Assert.Empty(project.Edit(broken, broken.With("#\n# Automatically", "\n\n#\n# Automatically")));
        Assert.Equal(line + 2, Assert.Single(project.Result.Diagnostics).Location.GetLineSpan().StartLinePosition.Line);
        Assert.Single(project.OutputReasons, reason => !Idle.Contains(reason));
    }

    [Fact]
    public void MistakeInOneConfig_LeavesTheOther()
    {
        ConfigText broken = _first.With("CONFIG_PGTABLE_LEVELS=5", "CONFIG_PGTABLE_LEVELS=4");
        ConfigProject project = ConfigProject.With(Source, broken, _second);
        Assert.Equal(["Second.KernelConfig.g.cs"], project.Result.GeneratedSources.Select(s => s.HintName));
        Diagnostic told = Assert.Single(project.Result.Diagnostics);
        Assert.Equal("VMM3005", told.Id);
        Assert.Equal(LocationKind.ExternalFile, told.Location.Kind);
        Assert.StartsWith("config-6.1.0-56-amd64(437,1): error VMM3005: ", told.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void RememberedValues_AreSmallAndHoldNothingOfTheCompiler()
    {
        ConfigProject project = ConfigProject.With(Source, _first.With("CONFIG_SOUND=m", "CONFIG_SOUND"), _second);
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        foreach (object value in project.RememberedValues)
        {
            Tests.RememberedValues.Visit(value, value.GetType().Name, seen);
        }

        Assert.True(seen.Count > 50);

        // The two files have 300 KB; what is kept of them would fit a page.
        Assert.All(seen.OfType<string>(), text => Assert.InRange(text.Length, 0, 400));
        Assert.InRange(seen.OfType<string>().Sum(text => text.Length), 100, 10_000);
    }

    [Fact]
    public void ConfigThatNoClassNames_IsNoMistake()
    {
        ConfigProject project = ConfigProject.With(Source, _first, _second, new ConfigText("other", "no configuration"));
        Assert.Empty(project.Result.Diagnostics);
        Assert.Empty(project.Analyze());
        Assert.Equal(2, project.Result.GeneratedSources.Length);
    }

    [Fact]
    public void FileThatIsNoKernelConfigItem_IsNotRead()
    {
        ConfigProject project = ConfigProject.With(Source, [_first, _second], [_first.Path]);
        Assert.Equal(["Second.KernelConfig.g.cs"], project.Result.GeneratedSources.Select(s => s.HintName));
        Assert.Equal("VMM3011", Assert.Single(project.Analyze()).Id);
    }
}
