using System.Text.RegularExpressions;
using System.Xml.Linq;
using Vmemmap.Package.Tests.Feed;
using Vmemmap.RulePages;

namespace Vmemmap.Package.Tests;

/// <summary>What the targets report and what the pages of docs/rules say of it agree. No descriptor stands between them.</summary>
public sealed partial class BuildRuleTests
{
    private static readonly string[] Sections = ["Cause", "Wrong", "Right", "How to suppress"];

    private static readonly XElement[] Reports =
    [
        .. XDocument.Load(Path.Combine(PackedFeed.Repository, "generators", "build", "Vmemmap.targets")).Descendants()
            .Where(e => e.Name.LocalName is "Error" or "Warning").OrderBy(e => Code(e), StringComparer.Ordinal),
    ];

    public static TheoryData<string> Ids => [.. Reports.Select(Code)];

    [Fact]
    public void EveryReportHasAPage_AndEveryPageAReport() =>
        Assert.Equal(Reports.Select(Code), RulePage.Names.Where(n => n.StartsWith("VMM41", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Ids))]
    public void Page_SaysWhatTheTargetsSay(string id)
    {
        XElement report = Reports.Single(r => Code(r) == id);
        string severity = report.Name.LocalName == "Error" ? "error" : "warning";
        RulePage page = RulePage.Read(id);
        Assert.Equal(Sections, page.Sections);
        Assert.StartsWith(id + ": ", page.Title, StringComparison.Ordinal);
        Assert.Contains($"\nSeverity: **{severity}** · Category: Vmemmap.Build\n", page.Text, StringComparison.Ordinal);
        Assert.Contains($"| [{id}]({id}.md) | {severity} | {page.Title[(id.Length + 2)..]} |\n", RulePage.Index.Text, StringComparison.Ordinal);

        // What MSBuild fills in may be anything; the words between must be the page's.
        string message = Assert.Single(page.BlocksOf("text message")).TrimEnd('\n');
        string pattern = string.Join(".*", Evaluated().Split(report.Attribute("Text")!.Value).Select(Regex.Escape));
        Assert.Matches($@"^\w+\.(cs|vb)proj : {severity} {id}: {pattern}$", message);
    }

    private static string Code(XElement report) => report.Attribute("Code")!.Value;

    [GeneratedRegex(@"\$\([^)]*\)|@\([^)]*\)", RegexOptions.CultureInvariant)]
    private static partial Regex Evaluated();
}
