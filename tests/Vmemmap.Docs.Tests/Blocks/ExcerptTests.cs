using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Blocks;

/// <summary>What a page says is written somewhere is written there.</summary>
public sealed class ExcerptTests
{
    public static TheoryData<string, int> Excerpts => BlockKinds.Of(BlockKind.Excerpt);

    [Theory]
    [MemberData(nameof(Excerpts))]
    public void Excerpt_OccursInItsSource(string page, int line)
    {
        Block block = AllPages.Block(page, line);
        string path = block.Settings.TryGetValue("generated", out string? type)
            ? $"tests/Vmemmap.Generators.Tests/_snapshots/EmissionTests.Architecture_IsEmittedAsAccepted#{type}.verified.cs"
            : block.Settings["from"];
        string[] source = [.. Repository.Read(path).Split('\n').Select(l => l.Trim())];
        string[] excerpt = [.. block.Lines.Select(l => l.Trim())];
        Assert.True(
            Enumerable.Range(0, Math.Max(0, source.Length - excerpt.Length + 1)).Any(i => source.Skip(i).Take(excerpt.Length).SequenceEqual(excerpt)),
            $"{block} does not stand in {path}");
    }
}
