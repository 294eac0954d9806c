using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis.CodeFixes;
using Vmemmap.CodeFixes;
using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Tables;

/// <summary>Tables of rules and of fixes. That of docs/rules is held against the descriptors by tests/RulePages.</summary>
public sealed class RuleTableTests
{
    [Fact]
    public void TheReadme_HasTheRulesOfCSharp() => Assert.Equal(
        Rows("docs/rules/README.md").Select(r => r.Replace("](", "](docs/rules/", StringComparison.Ordinal)), Rows("README.md"));

    [Fact]
    public void TheIndex_HasEveryFix() => Assert.Equal(
        typeof(RestoreFix).Assembly.GetTypes().Where(t => t.GetCustomAttribute<ExportCodeFixProviderAttribute>() is not null)
            .Select(t => (CodeFixProvider)Activator.CreateInstance(t)!)
            .Select(fix => $"{Title(fix)} | {Ids(fix.FixableDiagnosticIds)}").Order(StringComparer.Ordinal),
        AllPages.Of("docs/rules/README.md").Table("fix").Select(cells => string.Join(" | ", cells)).Order(StringComparer.Ordinal));

    private static IEnumerable<string> Rows(string page) => AllPages.Of(page).Table("rule").Select(cells => string.Join(" | ", cells));

    private static string Title(CodeFixProvider fix) =>
        (string)fix.GetType().GetProperty("Title", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)!.GetValue(fix)!;

    private static string Ids(ImmutableArray<string> ids) => string.Join(", ", ids.Order(StringComparer.Ordinal));
}
