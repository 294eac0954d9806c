using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Vmemmap.Analyzers.Rules;
using Vmemmap.Analyzers.Tests.Verification;

namespace Vmemmap.CodeFixes.Tests.Verification;

/// <summary>What the rules say of a solution before and after a fix.</summary>
internal static class Reported
{
    public static ImmutableArray<Diagnostic> By(DiagnosticAnalyzer analyzer, Solution solution, IReadOnlyDictionary<string, string>? properties = null)
    {
        List<Diagnostic> all = [];
        foreach (Project project in solution.Projects)
        {
            var compilation = (CSharpCompilation)project.GetCompilationAsync().GetAwaiter().GetResult()!;
            AnalyzerRun run = AnalyzerRun.Of(analyzer, compilation, properties);
            Assert.Empty(run.Exceptions);
            all.AddRange(run.Diagnostics);
        }

        return [.. all];
    }

    /// <summary>Checks that no rule reports more than before.</summary>
    public static void NothingNew(ImmutableArray<Diagnostic> before, ImmutableArray<Diagnostic> after, string what)
    {
        foreach (IGrouping<string, Diagnostic> rule in after.GroupBy(FamilyOf))
        {
            Assert.True(
                rule.Count() <= before.Count(diagnostic => FamilyOf(diagnostic) == rule.Key),
                $"{what} brings a new {rule.Key}:\n{string.Join("\n", after)}\n{string.Join("\n", after.Select(TextOf).Distinct())}");
        }
    }

    // After a scope the huge page may be optimized again or not: a write behind it that was an error may become a warning.
    private static string FamilyOf(Diagnostic diagnostic) =>
        diagnostic.Id == RuleIds.PossibleTailWrite ? RuleIds.TailWrite : diagnostic.Id;

    private static string? TextOf(Diagnostic diagnostic) => diagnostic.Location.SourceTree?.ToString();
}
