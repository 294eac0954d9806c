using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Reading;

/// <summary>Pages are read as GitHub reads them.</summary>
public sealed class PageTests
{
    [Theory]
    [InlineData("# HVO, simulated", "hvo-simulated")]
    [InlineData("## `vmemmap inspect FILE`", "vmemmap-inspect-file")]
    [InlineData("## C# code", "c-code")]
    [InlineData("### Rules: no write reaches a read-only tail", "rules-no-write-reaches-a-read-only-tail")]
    [InlineData("## snake_case & 2M", "snake_case--2m")]
    [InlineData("## [A link](there.md) in it", "a-link-in-it")]
    public void Heading_HasTheAnchorOfGitHub(string heading, string anchor) => Assert.Equal([anchor], new Page("a.md", heading).Anchors);

    [Fact]
    public void EqualHeadings_AreNumbered() => Assert.Equal(
        ["wrong", "right", "wrong-1", "wrong-2"], new Page("a.md", "# Wrong\n# Right\n# Wrong\n# Wrong").Anchors);

    [Fact]
    public void Links_AreReadOutsideOfCode()
    {
        Page page = new("docs/a.md", """
            One [text](b.md#there), `[no](link.md)`, and ![a picture](pictures/c.svg).

            ```text
            [no](link.md)
            # no heading
            ```

            [up](../README.md)
            """);
        Assert.Equal(["pictures/c.svg", "b.md#there", "../README.md"], page.Links.Select(l => l.Target));
        Assert.Equal(["docs/pictures/c.svg", "docs/b.md", "README.md"], page.Links.Select(l => l.File));
        Assert.Equal(["", "there", ""], page.Links.Select(l => l.Anchor));
        Assert.Equal([true, false, false], page.Links.Select(l => l.IsPicture));
        Assert.Empty(page.Anchors);
    }

    [Fact]
    public void Block_HasItsLineItsKindAndItsSettings()
    {
        Block block = Assert.Single(new Page("a.md", "x\n```csharp run a=b c=d=e\none\n\ntwo\n```\n").Blocks);
        Assert.Equal((2, "csharp", "run", "one\n\ntwo\n"), (block.Line, block.Language, block.Kind, block.Code));
        Assert.Equal(new Dictionary<string, string> { ["a"] = "b", ["c"] = "d=e" }, block.Settings);
    }

    [Fact]
    public void Table_HasItsCells() => Assert.Equal(
        [["`a | b`", "2"], ["", "4"]], new Page("a.md", "| x | y |\n|---|---|\n| `a \\| b` | 2 |\n| | 4 |\n").Table("x", "y"));
}
