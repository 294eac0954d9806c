using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Vmemmap.Analyzers;
using Vmemmap.Analyzers.Tests.Verification;

namespace Vmemmap.CodeFixes.Tests.Verification;

/// <summary>Holds what a fix makes of marked sources against what it should make of them.</summary>
/// <typeparam name="TFix">The fix.</typeparam>
internal static class VerifyFix<TFix>
    where TFix : CodeFixProvider, new()
{
    /// <summary>Checks that the first marked diagnostic is fixed so, and that the result compiles.</summary>
    /// <param name="marked">The source.</param>
    /// <param name="expected">What becomes of it.</param>
    /// <param name="editorConfig">The project's .editorconfig.</param>
    public static void Fixes(string marked, string expected, string? editorConfig = null)
    {
        (Solution solution, IReadOnlyList<MarkedSource> sources) = Open([marked]);
        if (editorConfig is not null)
        {
            solution = FixedSolution.WithStyle(solution, editorConfig);
        }

        Document document = FixedSolution.Sources(solution)[0];
        Diagnostic first = MarkedDiagnostics.Of(document, sources[0])[0];
        CodeAction action = Assert.Single(Verification.Fixes.OfferedBy(new TFix(), document, first));
        Solution changed = Verification.Fixes.Apply(action);
        Same([expected], solution, changed);
        if (Rules(solution).FirstOrDefault(diagnostic => IsAt(diagnostic, first)) is { } reported)
        {
            Assert.True(Rules(changed).Length < Rules(solution).Length, $"{reported} is still there:\n{expected}");
        }
    }

    /// <summary>Checks that the fix of the first diagnostic of the first file changes several files so.</summary>
    public static void FixesFiles(string[] marked, string[] expected)
    {
        (Solution solution, IReadOnlyList<MarkedSource> sources) = Open(marked);
        Document document = FixedSolution.Sources(solution)[0];
        CodeAction action = Assert.Single(Verification.Fixes.OfferedBy(new TFix(), document, MarkedDiagnostics.Of(document, sources[0])[0]));
        Same(expected, solution, Verification.Fixes.Apply(action));
    }

    /// <summary>Checks that the fix is offered for none of the marked diagnostics.</summary>
    public static void OffersNothing(params string[] marked)
    {
        (Solution solution, IReadOnlyList<MarkedSource> sources) = Open(marked);
        Document document = FixedSolution.Sources(solution)[0];
        ImmutableArray<Diagnostic> diagnostics = MarkedDiagnostics.Of(document, sources[0]);
        Assert.NotEmpty(diagnostics);
        foreach (Diagnostic diagnostic in diagnostics)
        {
            foreach (CodeAction action in Verification.Fixes.OfferedBy(new TFix(), document, diagnostic))
            {
                Assert.Fail($"offered '{action.Title}' for {diagnostic.Id}:\n{string.Join("\n", Texts(Verification.Fixes.Apply(action)))}");
            }
        }
    }

    /// <summary>Checks what becomes of a file when all of its diagnostics are fixed together.</summary>
    public static void FixesAll(string marked, string expected) => FixesAll(FixAllScope.Document, [marked], [expected]);

    /// <summary>Checks what becomes of the files of a project when all diagnostics in a scope are fixed together.</summary>
    public static void FixesAll(FixAllScope scope, string[] marked, string[] expected)
    {
        (Solution solution, IReadOnlyList<MarkedSource> sources) = Open(marked);
        Check(scope, solution, sources, expected);
    }

    /// <summary>Checks what becomes of two projects when all diagnostics of the solution are fixed together.</summary>
    public static void FixesAllOfProjects(string[] markedProjects, string[] expected)
    {
        MarkedSource[] sources = [.. markedProjects.Select(MarkedDiagnostics.Parse)];
        Check(FixAllScope.Solution, FixedSolution.OfProjects([.. sources.Select(source => (IReadOnlyList<string>)[source.Text])]), sources, expected);
    }

    private static void Check(FixAllScope scope, Solution solution, IReadOnlyList<MarkedSource> sources, string[] expected)
    {
        IReadOnlyList<Document> documents = FixedSolution.Sources(solution);
        CodeAction? action = Verification.Fixes.AllOfferedBy(new TFix(), documents[0], scope, typeof(TFix).Name, DiagnosticsOf);
        Assert.NotNull(action);
        Same(expected, solution, Verification.Fixes.Apply(action));

        ImmutableArray<Diagnostic> DiagnosticsOf(Document document)
        {
            int at = documents.ToList().FindIndex(each => each.Id == document.Id);
            return at < 0 ? [] : MarkedDiagnostics.Of(document, sources[at]);
        }
    }

    private static (Solution Solution, IReadOnlyList<MarkedSource> Sources) Open(string[] marked)
    {
        MarkedSource[] sources = [.. marked.Select(MarkedDiagnostics.Parse)];
        Solution solution = FixedSolution.Of([.. sources.Select(source => source.Text)]);
        Assert.Empty(FixedSolution.Errors(solution));
        return (solution, sources);
    }

    private static void Same(string[] expected, Solution before, Solution fixedSolution)
    {
        string[] actual = Texts(fixedSolution);
        Assert.Equal(string.Join("\n=====\n", expected), string.Join("\n=====\n", actual));
        Assert.Empty(FixedSolution.Errors(fixedSolution));
        Reported.NothingNew(Rules(before), Rules(fixedSolution), typeof(TFix).Name);
    }

    private static ImmutableArray<Diagnostic> Rules(Solution solution) => Reported.By(new TailAccessAnalyzer(), solution);

    private static bool IsAt(Diagnostic diagnostic, Diagnostic other) =>
        diagnostic.Location.SourceSpan == other.Location.SourceSpan
        && diagnostic.Location.SourceTree!.FilePath == other.Location.SourceTree!.FilePath;

    private static string[] Texts(Solution solution) => [.. FixedSolution.Sources(solution).Select(FixedSolution.TextOf)];
}
