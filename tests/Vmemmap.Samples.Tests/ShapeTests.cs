using Vmemmap.SamplePages;

namespace Vmemmap.Samples.Tests;

/// <summary>What a folder of samples/ has.</summary>
public sealed class ShapeTests
{
    private const int MostLines = 99;

    public static TheoryData<string> Names => [.. Sample.All.Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Sample_HasAProjectAndAPageWithCommands(string name)
    {
        Sample sample = Sample.Named(name);
        Assert.True(File.Exists(sample.Project), sample.Project);
        Assert.StartsWith($"# {name}\n", File.ReadAllText(Path.Combine(sample.Folder, "README.md")));
        Assert.NotEmpty(sample.Commands);
        Assert.All(sample.Commands, command => Assert.Equal($"samples/{name}", command.Project));
        Assert.All(sample.Commands, command => Assert.NotEmpty(command.Output));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Sample_IsUnderAHundredLines(string name)
    {
        int lines = Directory.EnumerateFiles(Sample.Named(name).Folder, "*.cs", SearchOption.AllDirectories).Sum(path => File.ReadLines(path).Count());
        Assert.InRange(lines, 1, MostLines);
    }

    /// <summary>A project file is what a user writes: packages without a path, and nothing of this repository.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Project_IsAUsers(string name)
    {
        string project = File.ReadAllText(Sample.Named(name).Project);
        Assert.Contains("<PackageReference Include=\"Vmemmap", project);
        Assert.DoesNotContain("ProjectReference", project);
        Assert.DoesNotContain("..", project.Replace("=...", "=", StringComparison.Ordinal));
    }

    [Fact]
    public void Index_HasEverySample()
    {
        string index = File.ReadAllText(Path.Combine(Sample.Root, "samples", "README.md"));
        Assert.All(Sample.All, sample => Assert.Contains($"| [{sample.Name}]({sample.Name}/README.md) |", index));
    }

    /// <summary>The solution builds and formats them; the one that cannot compile is not in it.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Solution_HasThoseThatCompile(string name)
    {
        string solution = File.ReadAllText(Path.Combine(Sample.Root, "Vmemmap.sln"));
        Assert.Equal(Sample.Named(name).Compiles, solution.Contains($"\"samples\\{name}\\{name}.csproj\"", StringComparison.Ordinal));
    }
}
