using Microsoft.CodeAnalysis;
using Vmemmap.Generators.Pipeline;
using Vmemmap.RulePages;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Tests;

/// <summary>Ids, descriptors, release notes and pages say the same, and the pages show what the parser says.</summary>
public class DescriptorTests
{
    private static readonly string[] Sections = ["Cause", "Wrong", "Right", "How to suppress"];

    public static TheoryData<string> Pages => [.. RulePage.Names.Where(n => n.StartsWith("VMM2", StringComparison.Ordinal))];

    [Fact]
    public void IdsDescriptorsNotesAndPages_Agree() => RuleBooks.Agree(
        "VMM2",
        typeof(TableRules).GetFields().Select(f => (string)f.GetRawConstantValue()!),
        TableDescriptors.All,
        [Notes("AnalyzerReleases.Shipped.md"), Notes("AnalyzerReleases.Unshipped.md")],
        Sections);

    [Fact]
    public void TableOfTheIndex_IsSound() => Assert.Single(MarkedTable.Check(Sound).Architectures);

    /// <summary>Each page breaks the index's table in one place, and gives the compiler's message for it.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_ShowsWhatTheParserSays(string id)
    {
        RulePage page = RulePage.Read(id);
        string[] right = [.. page.BlocksOf("xml right")];
        string[] wrong = [.. page.BlocksOf("xml wrong")];
        string[] messages = [.. page.BlocksOf("text message")];
        Assert.Single(right);
        Assert.NotEmpty(wrong);
        Assert.Equal(wrong.Length, messages.Length);
        foreach ((string line, string message) in wrong.Zip(messages))
        {
            string path = "mine.pagetables.xml";
            TableProject project = TableProject.With(new TableText(path, MarkedTable.Break(right[0], line, Sound)));
            Diagnostic only = Assert.Single(project.Result.Diagnostics);
            Assert.Equal(id, only.Id);
            Assert.Equal(message.TrimEnd('\n'), only.ToString());

            // Stray text is told and passed over; every other mistake costs its architecture.
            Assert.Equal(id == TableRules.UnknownElement ? 1 : 0, project.HintNames.Length);
        }
    }

    private static string Sound => Assert.Single(RulePage.Index.BlocksOf("xml sound"));

    private static string Notes(string file) => Repository.Read("generators", "Vmemmap.Generators", file);
}
