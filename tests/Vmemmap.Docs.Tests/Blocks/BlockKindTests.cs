using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Blocks;

/// <summary>No block of any page is looked at by nobody.</summary>
public sealed class BlockKindTests
{
    [Fact]
    public void EveryBlock_IsOfAKnownKind() =>
        None.Of(AllPages.Blocks.Where(b => BlockKinds.KindOf(b) == BlockKind.Unknown), "is of no kind that a test looks at");

    /// <summary>Output that follows no command would be compared with nothing.</summary>
    [Fact]
    public void EveryOutput_IsThatOfABlock()
    {
        foreach (Block block in AllPages.Blocks.Where(b => BlockKinds.KindOf(b) == BlockKind.Output))
        {
            Block? before = AllPages.Of(block.Page).Blocks.TakeWhile(b => b != block).LastOrDefault();
            Assert.True(before is not null && Gives(before, block), $"{block} shows the output of no block");
        }
    }

    /// <summary>Code that is indented, fences of tildes, HTML and links by reference would not be read as what they are.</summary>
    [Fact]
    public void EveryPage_IsReadWhole()
    {
        foreach (Page page in AllPages.All)
        {
            IEnumerable<string> lines = page.Prose.Select(l => l.Text);
            None.Of(
                page.Prose.Zip(lines.Prepend("")).Where(pair => IsNotRead(pair.First.Text, pair.Second))
                    .Select(pair => $"{page.Path}({pair.First.Line}): {pair.First.Text}"),
                "is code without a fence at the line's start, HTML, or a link by reference");
        }
    }

    // Four blanks after an empty line are code; in a list they go on with the item, which needs no empty line.
    private static bool IsNotRead(string line, string before)
    {
        string text = line.TrimStart();
        return text.StartsWith("```", StringComparison.Ordinal)
            || text.StartsWith("~~~", StringComparison.Ordinal)
            || (text.StartsWith('<') && !text.StartsWith("<!--", StringComparison.Ordinal))
            || (text.StartsWith('[') && text.Contains("]: ", StringComparison.Ordinal))
            || (line.StartsWith("    ", StringComparison.Ordinal) && text.Length > 0 && before.Length == 0);
    }

    private static bool Gives(Block before, Block output) => (BlockKinds.KindOf(before), output.Info) switch
    {
        (BlockKind.Table, "text generated-files") => true,
        (BlockKind.Command, "text" or "json") => true,
        (BlockKind.RunElsewhere, "text") => before.Kind is "package" or "sample",
        (BlockKind.Code, "text") => before.Kind == "run",
        (BlockKind.Code or BlockKind.Table, "msbuild-output") => true,
        _ => false,
    };
}
