using Vmemmap.Analyzers.Rules;

namespace Vmemmap.Analyzers.Tests;

/// <summary>Where the page of a rule is, with and without an address of the repository.</summary>
public sealed class HelpLinkTests
{
    [Theory]
    [InlineData(null, "docs/rules/VMM1001.md")]
    [InlineData("", "docs/rules/VMM1001.md")]
    [InlineData("https://example.org/vmemmap", "https://example.org/vmemmap/blob/main/docs/rules/VMM1001.md")]
    [InlineData("https://example.org/vmemmap/", "https://example.org/vmemmap/blob/main/docs/rules/VMM1001.md")]
    public void Page_IsInTheRepository(string? repository, string page) => Assert.Equal(page, HelpLinks.At(repository, "VMM1001"));
}
