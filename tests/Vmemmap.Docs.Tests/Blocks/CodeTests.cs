using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Blocks;

/// <summary>C# of the pages compiles, is judged as they say, and prints what they show.</summary>
public sealed class CodeTests
{
    public static TheoryData<string, int> Code => BlockKinds.Of(BlockKind.Code);

    [Theory]
    [MemberData(nameof(Code))]
    public void Code_IsJudgedAsThePageSays(string page, int line)
    {
        Block block = AllPages.Block(page, line);
        Example example = Example.Of(block);
        Reported[] expected = [.. Reported.Expected(block)];
        string all = string.Join('\n', example.Diagnostics.Select(d => d.Text));
        Block? shown = BlockKinds.OutputOf(block);
        if (shown is { Language: "msbuild-output" })
        {
            Shown.AssertIs(shown, [.. example.Diagnostics.Select(d => d.Text)]);
        }

        if (expected.Length > 0 || shown is not { Language: "msbuild-output" })
        {
            Assert.True(
                expected.Length == example.Diagnostics.Count && expected.Zip(example.Diagnostics).All(pair => pair.Second.Is(pair.First)),
                $"{block}: the compiler says\n{all}");
        }

        if (block.Kind == "run")
        {
            string output = example.Run().TrimEnd('\n');
            Assert.True(shown is { Language: "text" }, $"{block} prints\n{output}");
            Shown.AssertIs(shown, output.Split('\n'));
        }
    }
}
