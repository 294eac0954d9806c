using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Vmemmap.Generators.Selection;
using Vmemmap.RulePages;

namespace Vmemmap.Generators.Tests.Selection;

/// <summary>Ids, descriptors, release notes and pages of the selection say the same, and the pages show what the generator says.</summary>
public sealed class RulePageTests
{
    private static readonly string[] Sections = ["Cause", "Wrong", "Right", "How to suppress"];

    public static TheoryData<string> Ids => [.. typeof(SelectionRules).GetFields().Select(f => (string)f.GetRawConstantValue()!)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void IdDescriptorNoteAndPage_Agree(string id) => RuleBooks.Agree(
        id,
        [id],
        SelectionDescriptors.All,
        [Repository.Read("generators", "Vmemmap.Generators", "AnalyzerReleases.Unshipped.md"), Repository.Read("generators", "Vmemmap.Generators", "AnalyzerReleases.Shipped.md")],
        Sections);

    [Theory]
    [MemberData(nameof(Ids))]
    public void Page_ShowsWhatTheGeneratorSays(string id)
    {
        RulePage page = RulePage.Read(id);
        string[] wrong = [.. page.BlocksOf("xml wrong")];
        Assert.NotEmpty(wrong);
        Assert.Equal(
            page.BlocksOf("text message").Select(text => text.TrimEnd('\n')),
            wrong.Select(properties => SelectingProject.Mistake(Project(properties)).ToString()));
        Assert.NotEmpty(page.BlocksOf("xml right"));
        Assert.All(page.BlocksOf("xml right"), properties => Assert.Empty(Project(properties).Result.Diagnostics));
    }

    private static TableProject Project(string properties)
    {
        Dictionary<string, string> all = XElement.Parse($"<a>{properties}</a>").Elements().ToDictionary(e => e.Name.LocalName, e => e.Value);
        Assert.True(!all.TryGetValue("LangVersion", out string? version) | LanguageVersionFacts.TryParse(version, out LanguageVersion language));
        return TableProject.With([], all, source: new ProjectSource { Language = language });
    }
}
