using System.Text.Json;
using System.Text.RegularExpressions;
using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Blocks;

/// <summary>Commands of the pages do what the pages say.</summary>
public sealed partial class CommandTests
{
    public static TheoryData<string, int> Commands => BlockKinds.Of(BlockKind.Command);

    /// <summary>Each line is a call of the tool that succeeds (or ends with exit=N), and the page shows what it prints.</summary>
    [Theory]
    [MemberData(nameof(Commands))]
    public void Command_PrintsWhatThePageShows(string page, int line)
    {
        Block block = AllPages.Block(page, line);
        int exitCode = block.Settings.TryGetValue("exit", out string? code) ? int.Parse(code, System.Globalization.CultureInfo.InvariantCulture) : 0;
        ToolRun[] runs = [.. Lines(block).Select(ToolRun.Of)];
        Assert.All(runs, run => Assert.True(exitCode == run.ExitCode, $"{block}: exit code {run.ExitCode}\n{run.Output}"));
        string output = string.Concat(runs.Select(r => r.Output)).TrimEnd('\n');
        if (BlockKinds.OutputOf(block) is not { } shown)
        {
            return;
        }

        if (shown.Language == "json")
        {
            AssertPart(JsonDocument.Parse(shown.Code).RootElement, JsonDocument.Parse(output).RootElement, shown.ToString());
        }
        else
        {
            Shown.AssertIs(shown, output.Split('\n'));
        }
    }

    /// <summary>Those who run them take them from these pages: .ci/run, the tests of the packages, the tests of the samples.</summary>
    [Theory]
    [InlineData("readme-commands", "^README.md$")]
    [InlineData("package", "^(README|docs/[a-z-]+).md$")]
    [InlineData("sample", "^samples/[A-Za-z]+/README.md$")]
    public void CommandsRunElsewhere_AreOfKnownPages(string kind, string pages) => Assert.All(
        AllPages.Blocks.Where(b => BlockKinds.KindOf(b) == BlockKind.RunElsewhere && b.Kind == kind), b => Assert.Matches(pages, b.Page));

    /// <summary>What nobody runs names at least nothing that is not there.</summary>
    [Fact]
    public void CommandsByHand_NameWhatExists()
    {
        foreach (Block block in AllPages.Blocks.Where(b => BlockKinds.KindOf(b) == BlockKind.ByHand))
        {
            Assert.All(InTheRepository().Matches(block.Code), m => Assert.True(Repository.Exists(m.Value), $"{block}: {m.Value} does not exist"));
        }
    }

    private static IEnumerable<string> Lines(Block block) =>
        block.Lines.Select(l => l.Split(" #")[0].Trim()).Where(l => l.Length > 0 && !l.StartsWith('#'));

    // A page may leave members out of an object, not elements out of an array.
    private static void AssertPart(JsonElement shown, JsonElement output, string where)
    {
        Assert.True(shown.ValueKind == output.ValueKind, $"{where}: {shown} is {output}");
        switch (shown.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty member in shown.EnumerateObject())
                {
                    Assert.True(output.TryGetProperty(member.Name, out JsonElement value), $"{where}: there is no {member.Name}");
                    AssertPart(member.Value, value, $"{where}.{member.Name}");
                }

                break;
            case JsonValueKind.Array:
                Assert.True(shown.GetArrayLength() == output.GetArrayLength(), $"{where}: {output.GetArrayLength()} elements");
                foreach ((JsonElement left, JsonElement right) in shown.EnumerateArray().Zip(output.EnumerateArray()))
                {
                    AssertPart(left, right, where);
                }

                break;
            default:
                Assert.True(shown.GetRawText() == output.GetRawText(), $"{where}: {output.GetRawText()}, and not {shown.GetRawText()}");
                break;
        }
    }

    [GeneratedRegex(@"(?<![\w./-])(?:runtime|tests|generators|docs|samples)/[\w./-]*[\w-]", RegexOptions.CultureInvariant)]
    private static partial Regex InTheRepository();
}
