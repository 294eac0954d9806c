using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Blocks;

/// <summary>Files and folders that a page lists exist.</summary>
public sealed class TreeTests
{
    public static TheoryData<string, int> Trees => BlockKinds.Of(BlockKind.Tree);

    /// <summary>A line is a path from the root and what it is; one that begins with blanks goes on with the line above.</summary>
    [Theory]
    [MemberData(nameof(Trees))]
    public void EveryPath_Exists(string page, int line)
    {
        Block block = AllPages.Block(page, line);
        Assert.All(
            block.Lines.Where(l => !l.StartsWith(' ')).Select(l => l.Split(' ')[0]),
            path => Assert.True(Repository.Exists(path), $"{block}: {path} does not exist"));
    }
}
