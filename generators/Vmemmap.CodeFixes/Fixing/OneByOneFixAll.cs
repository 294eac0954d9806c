using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Vmemmap.CodeFixes.Fixing;

/// <summary>
/// Fixes every diagnostic, each on the code that the fixes before it left: fixes of one statement, loop or parameter overlap, and what is
/// merged from fixes of the code as it was need not compile.
/// </summary>
internal sealed class OneByOneFixAll : FixAllProvider
{
    private const string AccessKind = "Vmemmap.Access";
    private const string SourceKind = "Vmemmap.Source";

    public static readonly OneByOneFixAll Instance = new();

    public override async Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext)
    {
        if (fixAllContext.CodeFixProvider is not TailFixProvider fix || fix.EquivalenceKey != fixAllContext.CodeActionEquivalenceKey)
        {
            return null;
        }

        Solution before = fixAllContext.Solution;
        Solution after = before;
        var pending = new List<(DocumentId Document, string Key, FixTarget Target)>();
        foreach (Document document in DocumentsOf(fixAllContext))
        {
            ImmutableArray<Diagnostic> diagnostics = await fixAllContext.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false);
            after = await MarkAsync(after, document, diagnostics, pending, fixAllContext.CancellationToken).ConfigureAwait(false);
        }

        bool isFixed = false;
        foreach ((DocumentId id, string key, FixTarget target) in pending)
        {
            if (await FixMarkedAsync(fix, after.GetDocument(id)!, key, target, fixAllContext.CancellationToken).ConfigureAwait(false) is { } next)
            {
                after = next;
                isFixed = true;
            }
        }

        return isFixed ? CodeAction.Create(fix.Title, _ => Task.FromResult(after), fix.EquivalenceKey) : null;
    }

    private static IEnumerable<Document> DocumentsOf(FixAllContext context) => context.Scope switch
    {
        FixAllScope.Document => context.Document is { } document ? [document] : [],
        FixAllScope.Project => context.Project.Documents,
        FixAllScope.Solution => context.Solution.Projects.Where(project => project.Language == LanguageNames.CSharp).SelectMany(project => project.Documents),
        _ => [],
    };

    /// <summary>Marks the nodes of every diagnostic, so that they are found again after others were fixed.</summary>
    private static async Task<Solution> MarkAsync(
        Solution solution, Document document, ImmutableArray<Diagnostic> diagnostics, List<(DocumentId, string, FixTarget)> pending,
        CancellationToken cancellationToken)
    {
        SyntaxNode? root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        if (root is null || diagnostics.IsEmpty)
        {
            return solution;
        }

        var marks = new Dictionary<SyntaxNode, List<SyntaxAnnotation>>();
        foreach (Diagnostic diagnostic in diagnostics.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start))
        {
            if (FixTarget.Find(root, diagnostic) is { } target)
            {
                string key = pending.Count.ToString(CultureInfo.InvariantCulture);
                pending.Add((document.Id, key, target));
                Add(target.Access, AccessKind, key);
                if (target.Source is { } source)
                {
                    Add(source, SourceKind, key);
                }
            }
        }

        SyntaxNode marked = root.ReplaceNodes(marks.Keys, (original, rewritten) => rewritten.WithAdditionalAnnotations(marks[original]));
        return solution.WithDocumentSyntaxRoot(document.Id, marked);

        void Add(SyntaxNode node, string kind, string key)
        {
            if (!marks.TryGetValue(node, out List<SyntaxAnnotation>? annotations))
            {
                marks.Add(node, annotations = []);
            }

            annotations.Add(new SyntaxAnnotation(kind, key));
        }
    }

    private static async Task<Solution?> FixMarkedAsync(
        TailFixProvider fix, Document document, string key, FixTarget target, CancellationToken cancellationToken)
    {
        SyntaxNode? root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        if (root is null || Marked(root, AccessKind, key) is not { } access)
        {
            return null;
        }

        var source = Marked(root, SourceKind, key) as ExpressionSyntax;
        bool wasFixedByAnother = target.Source is not null && source is null;
        return wasFixedByAnother ? null : await fix.FixAsync(document, target.At(access, source), cancellationToken).ConfigureAwait(false);
    }

    private static SyntaxNode? Marked(SyntaxNode root, string kind, string key) =>
        root.GetAnnotatedNodes(kind).FirstOrDefault(node => node.GetAnnotations(kind).Any(annotation => annotation.Data == key));
}
