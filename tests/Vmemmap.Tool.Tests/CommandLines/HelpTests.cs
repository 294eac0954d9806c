using System.Text.RegularExpressions;
using Vmemmap.Tool.Tests.RealImages;
using Vmemmap.Tool.Tests.Synthetic;

namespace Vmemmap.Tool.Tests.CommandLines;

/// <summary>--help and --version.</summary>
public sealed partial class HelpTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("inspect", "--help")]
    [InlineData("simulate", "--help")]
    [InlineData("completion", "--help")]
    public void Help_ShowsUsageAndExamplesIn80Columns(params string[] arguments)
    {
        ToolRun run = ToolRun.Of(arguments);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Usage:\n  vmemmap", run.Output.ReplaceLineEndings("\n"));
        string[] examples = Examples(run.Output);
        Assert.NotEmpty(examples);
        Assert.All(run.Output.ReplaceLineEndings("\n").Split("Examples:\n")[0].Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    private static readonly Dictionary<string, string> Files = new()
    {
        ["guest.core.gz"] = "tests/fixtures/x86_64-6.12-4level-kaslr.core.gz",
        ["mine.pagetables.xml"] = "generators/tables/x86-64.pagetables.xml",
    };

    public static TheoryData<string> AllExamples =>
        [.. ((string[][])[[], ["inspect"], ["simulate"], ["completion"]]).SelectMany(command => Examples(ToolRun.Of([.. command, "--help"]).Output)).Distinct()];

    /// <summary>What help shows works, once the files that it speaks of are there.</summary>
    [Theory]
    [MemberData(nameof(AllExamples))]
    public void Example_Works(string example)
    {
        string[] words = example.Split(' ');
        Assert.Equal("vmemmap", words[0]);
        ToolRun run = ToolRun.Of([.. words[1..].Select(word => Files.TryGetValue(word, out string? file) ? Path.Combine(Fixture.Root, file) : word)]);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.NotEmpty(run.Output);
    }

    /// <summary>A path of one letter is a path.</summary>
    [Fact]
    public void SlashH_IsAFile() => ToolRun.Of("inspect", "/h").AssertRefused("/h");

    [Fact]
    public void Version_IsOneLineWithTheCommit()
    {
        ToolRun run = ToolRun.Of("--version");
        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^vmemmap \d+\.\d+\.\d+(-\S+)?( \(commit [0-9a-f]{40}\))?\n$", run.Output);
        Assert.Empty(run.Error);
    }

    [Theory]
    [InlineData("0.1.0+b2a46ae931d6ebf55b3c718f4f5f6b2adb5feb71", "vmemmap 0.1.0 (commit b2a46ae931d6ebf55b3c718f4f5f6b2adb5feb71)")]
    [InlineData("0.2.0-preview.1", "vmemmap 0.2.0-preview.1")]
    public void Version_NamesTheCommitThatIsKnown(string informational, string line) => Assert.Equal(line, VersionLine.Of(informational));

    private static string[] Examples(string help) => [.. Example().Matches(help).Select(match => match.Groups["line"].Value)];

    [GeneratedRegex(@"(?<=^Examples:\r?\n(?:  .*\r?\n)*)  (?<line>vmemmap .+?)\r?$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Example();
}
