using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Vmemmap.RulePages;

/// <summary>All that says which rules there are must say the same: ids, descriptors, release notes, pages and their index.</summary>
internal static partial class RuleBooks
{
    /// <summary>Holds them together, each against each.</summary>
    /// <param name="series">How the ids begin: "VMM1". All else is about those.</param>
    /// <param name="ids">The constants.</param>
    /// <param name="descriptors">What the compiler is told.</param>
    /// <param name="notes">The release notes, shipped and not.</param>
    /// <param name="sections">The sections that each page has, in order.</param>
    public static void Agree(
        string series, IEnumerable<string> ids, IEnumerable<DiagnosticDescriptor> descriptors, IEnumerable<string> notes, string[] sections)
    {
        DiagnosticDescriptor[] rules = [.. descriptors.Where(d => IsOfSeries(d.Id)).OrderBy(d => d.Id, StringComparer.Ordinal)];
        Assert.NotEmpty(rules);
        Assert.Equal(rules.Select(d => d.Id), ids.Where(IsOfSeries).Order(StringComparer.Ordinal));
        Assert.Equal(rules.Select(d => d.Id), RulePage.Names.Where(IsOfSeries));
        Assert.Equal(
            rules.Select(d => (d.Id, d.Category, d.DefaultSeverity.ToString(), Title(d))),
            notes.SelectMany(n => Released().Matches(n)).Where(m => IsOfSeries(Cell(m, "id"))).Select(m => (Cell(m, "id"), Cell(m, "category"), Cell(m, "severity"), Cell(m, "title"))));
        Assert.Equal(
            rules.Select(d => (d.Id, d.Id, Severity(d), Title(d))),
            Indexed().Matches(RulePage.Index.Text).Where(m => IsOfSeries(Cell(m, "id")))
                .Select(m => (Cell(m, "id"), Cell(m, "page"), Cell(m, "severity"), Cell(m, "title"))));
        foreach (DiagnosticDescriptor rule in rules)
        {
            Assert.Equal($"docs/rules/{rule.Id}.md", rule.HelpLinkUri);
            Assert.True(rule.IsEnabledByDefault);
            RulePage page = RulePage.Read(rule.Id);
            Assert.Equal($"{rule.Id}: {Title(rule)}", page.Title);
            Assert.Equal(sections, page.Sections);
            Assert.Contains($"\nSeverity: **{Severity(rule)}**", page.Text, StringComparison.Ordinal);
            Assert.Contains($"Category: {rule.Category}\n", page.Text, StringComparison.Ordinal);
            string[] suggested = [.. Suggested().Matches(page.Text).Where(m => Cell(m, "id") == rule.Id).Select(m => Cell(m, "severity"))];
            Assert.NotEmpty(suggested);
            Assert.All(suggested, severity => Assert.True(IsLess(severity, rule.DefaultSeverity), $"{rule.Id} is {Severity(rule)}, and {severity} suppresses nothing"));
            Assert.All(Mentioned().Matches(page.Text), m => Assert.Contains(m.Value, RulePage.Names));
        }

        bool IsOfSeries(string id) => id.StartsWith(series, StringComparison.Ordinal);
    }

    private static string Title(DiagnosticDescriptor rule) => rule.Title.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Severity(DiagnosticDescriptor rule) => rule.DefaultSeverity == DiagnosticSeverity.Error ? "error" : "warning";

    private static string Cell(Match row, string name) => row.Groups[name].Value;

    private static bool IsLess(string severity, DiagnosticSeverity than) => severity == "none" || (severity == "warning" && than == DiagnosticSeverity.Error);

    [GeneratedRegex(@"dotnet_diagnostic\.(?<id>VMM\d+)\.severity = (?<severity>\w+)", RegexOptions.CultureInvariant)]
    private static partial Regex Suggested();

    [GeneratedRegex(
        @"^(?<id>VMM\d+) \| (?<category>[^|\n]+) \| (?<severity>[^|\n]+) \| (?<title>[^|\n]+?)\r?$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Released();

    [GeneratedRegex(
        @"^\| \[(?<id>VMM\d+)\]\((?<page>[^)\n]*)\.md\) \| (?<severity>[^|\n]+) \| (?<title>[^|\n]+) \|$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Indexed();

    // "VMM2xxx" names a series.
    [GeneratedRegex(@"VMM\d{4}", RegexOptions.CultureInvariant)]
    private static partial Regex Mentioned();
}
