using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using Vmemmap.Analyzers.Tests.Cases;
using Vmemmap.CodeFixes.Tests.Verification;

namespace Vmemmap.Analyzers.Tests.Verification;

/// <summary>
/// Takes the place of the verifier of the rules, whose cases are compiled into this project as well: every fix that is offered for a
/// diagnostic of a case is applied, alone and to all. The result must compile, the diagnostic be gone, and no other be there that was not.
/// </summary>
/// <typeparam name="TAnalyzer">The analyzer.</typeparam>
internal static class Verify<TAnalyzer>
    where TAnalyzer : DiagnosticAnalyzer, new()
{
    // The types of the cases are here in a file of the project, so that fixes can change their methods, too.
    private static readonly Lazy<Solution> WithTypes = new(() =>
    {
        Solution solution = FixedSolution.Of([Code.Types]);
        Assert.Empty(FixedSolution.Errors(solution));
        return solution;
    });

    public static IReadOnlyList<Diagnostic> Marks(
        string marked, IReadOnlyDictionary<string, string>? properties = null, string library = "")
    {
        MarkedSource source = MarkedSource.Parse(marked, _ => DiagnosticSeverity.Warning);
        Solution solution = library.Length == 0
            ? FixedSolution.Of([source.Text])
            : library == Code.Types ? FixedSolution.With(WithTypes.Value, source.Text) : FixedSolution.Of([library, source.Text]);
        Document document = FixedSolution.Sources(solution)[^1];
        ImmutableArray<Diagnostic> found = Reported.By(new TAnalyzer(), solution, properties);
        foreach (CodeFixProvider fix in Fixes.All)
        {
            Diagnostic[] fixable = [.. found.Where(diagnostic => fix.FixableDiagnosticIds.Contains(diagnostic.Id))];
            string? key = null;
            foreach (Diagnostic diagnostic in fixable)
            {
                foreach (CodeAction action in Fixes.OfferedBy(fix, document, diagnostic))
                {
                    key = action.EquivalenceKey;
                    Check(action, found, diagnostic, properties);
                }
            }

            if (key is not null)
            {
                CodeAction? all = Fixes.AllOfferedBy(
                    fix, document, FixAllScope.Document, key, each => each.Id == document.Id ? [.. fixable] : []);
                Assert.NotNull(all);
                Check(all, found, fixable[0], properties);
            }
        }

        return found;
    }

    public static void Message(
        string marked, string message, IReadOnlyDictionary<string, string>? properties = null, string library = "")
    {
        Assert.NotEmpty(message);
        Marks(marked, properties, library);
    }

    /// <summary>Where nothing is reported nothing can be fixed.</summary>
    public static void SilentWithoutVmemmap(string text) => Assert.NotEmpty(text);

    private static void Check(CodeAction action, ImmutableArray<Diagnostic> before, Diagnostic diagnostic, IReadOnlyDictionary<string, string>? properties)
    {
        Solution changed = Fixes.Apply(action);
        string text = FixedSolution.TextOf(FixedSolution.Sources(changed)[^1]);
        string title = $"'{action.EquivalenceKey}' of {diagnostic}";
        IReadOnlyList<Diagnostic> errors = FixedSolution.Errors(changed);
        Assert.True(errors.Count == 0, $"{title} does not compile:\n{string.Join('\n', errors)}\n\n{text}");

        ImmutableArray<Diagnostic> after = Reported.By(new TAnalyzer(), changed, properties);
        Assert.True(after.Length < before.Length, $"{title} fixes nothing:\n{MarkedSource.Annotate(text, after.Select(Mark.Of))}");
        Reported.NothingNew(before, after, title);
    }
}
