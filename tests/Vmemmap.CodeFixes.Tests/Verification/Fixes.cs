using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Vmemmap.Analyzers.Tests.Verification;

namespace Vmemmap.CodeFixes.Tests.Verification;

/// <summary>Asks a fix what it offers, and applies it as an editor does.</summary>
internal static class Fixes
{
    /// <summary>All there are.</summary>
    public static IReadOnlyList<CodeFixProvider> All { get; } =
    [
        .. typeof(WriteHeadFix).Assembly.GetTypes()
            .Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(CodeFixProvider)))
            .Select(type => (CodeFixProvider)Activator.CreateInstance(type)!),
    ];

    public static IReadOnlyList<CodeAction> OfferedBy(CodeFixProvider fix, Document document, Diagnostic diagnostic)
    {
        List<CodeAction> offered = [];
        fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => offered.Add(action), CancellationToken.None))
            .GetAwaiter().GetResult();
        return offered;
    }

    public static CodeAction? AllOfferedBy(
        CodeFixProvider fix, Document document, FixAllScope scope, string key, Func<Document, ImmutableArray<Diagnostic>> diagnosticsOf) =>
        fix.GetFixAllProvider()!.GetFixAsync(new FixAllContext(
            document, fix, scope, key, fix.FixableDiagnosticIds, new Diagnostics(diagnosticsOf), CancellationToken.None)).GetAwaiter().GetResult();

    public static Solution Apply(CodeAction action) =>
        action.GetOperationsAsync(CancellationToken.None).GetAwaiter().GetResult().OfType<ApplyChangesOperation>().Single().ChangedSolution;

    private sealed class Diagnostics(Func<Document, ImmutableArray<Diagnostic>> diagnosticsOf) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(diagnosticsOf(document));

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);

        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult(project.Documents.SelectMany(document => diagnosticsOf(document)));
    }
}
