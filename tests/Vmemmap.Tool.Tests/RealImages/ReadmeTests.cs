namespace Vmemmap.Tool.Tests.RealImages;

/// <summary>What the README shows is what the command prints.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void Readme_ShowsWhatItsFirstCommandPrints()
    {
        const string Name = "x86_64-6.12-4level-kaslr";
        string readme = File.ReadAllText(Path.Combine(Fixture.Root, "README.md")).ReplaceLineEndings("\n");
        string printed = Fixture.Inspect(Name).Replace(Fixture.Image(Name), $"tests/fixtures/{Name}.core.gz", StringComparison.Ordinal);
        Assert.Contains($"```text\n{printed}```\n", readme);
    }
}
