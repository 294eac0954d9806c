namespace Vmemmap.Docs.Tests.Blocks;

public sealed class ElidedTests
{
    [Theory]
    [InlineData("a|b", "a|b", true)]
    [InlineData("a", "a|b", false)]
    [InlineData("a|b", "a", false)]
    [InlineData("a|…", "a|b|c", true)]
    [InlineData("…|c", "a|b|c", true)]
    [InlineData("a|…|c", "a|c", true)]
    [InlineData("a|…|c|…|e", "a|b|c|d|c|e", true)]
    [InlineData("…|b", "a|b|c", false)]
    public void ALineOfDots_StandsForAnyLines(string shown, string output, bool expected) =>
        Assert.Equal(expected, Elided.IsShown(shown.Split('|'), output.Split('|')));
}
