using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Vmemmap.CodeFixes.Fixing;

/// <summary>Whether code compiles as well as before: the last word on every fix belongs to the compiler.</summary>
internal static class Compilable
{
    /// <summary>The solution with a new root for one document, if the member of a node compiles in it as well as before.</summary>
    public static async Task<Solution?> WithRootAsync(Document document, SyntaxNode changed, SyntaxNode newRoot, CancellationToken cancellationToken)
    {
        Document after = document.WithSyntaxRoot(newRoot);
        SyntaxNode member = MemberOf(changed);

        SyntaxNode? afterRoot = await after.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        return afterRoot is not null
            && Counterpart.Of(member, afterRoot) is { } memberAfter
            && await IsAsGoodAsync(document, member.Span, after, memberAfter.Span, cancellationToken).ConfigureAwait(false)
                ? after.Project.Solution
                : null;
    }

    /// <summary>Whether every document compiles as well as before.</summary>
    public static async Task<bool> AreAsGoodAsync(
        Solution before, Solution after, IEnumerable<DocumentId> documents, CancellationToken cancellationToken)
    {
        foreach (DocumentId id in documents)
        {
            if (before.GetDocument(id) is not { } was
                || after.GetDocument(id) is not { } now
                || !await IsAsGoodAsync(was, null, now, null, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }
        }

        return true;
    }

    private static async Task<bool> IsAsGoodAsync(
        Document before, TextSpan? spanBefore, Document after, TextSpan? spanAfter, CancellationToken cancellationToken)
    {
        ImmutableDictionary<string, int> had = await ComplaintsAsync(before, spanBefore, cancellationToken).ConfigureAwait(false);
        ImmutableDictionary<string, int> has = await ComplaintsAsync(after, spanAfter, cancellationToken).ConfigureAwait(false);
        return has.All(complaint => had.TryGetValue(complaint.Key, out int count) && count >= complaint.Value);
    }

    /// <summary>How often the compiler gives each error or warning.</summary>
    private static async Task<ImmutableDictionary<string, int>> ComplaintsAsync(Document document, TextSpan? span, CancellationToken cancellationToken)
    {
        SemanticModel? model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        return model is null
            ? ImmutableDictionary<string, int>.Empty
            : model.GetDiagnostics(span, cancellationToken)
                .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning && !diagnostic.IsSuppressed)
                .GroupBy(diagnostic => diagnostic.Id)
                .ToImmutableDictionary(group => group.Key, group => group.Count());
    }

    private static SyntaxNode MemberOf(SyntaxNode node) =>
        node.FirstAncestorOrSelf<MemberDeclarationSyntax>(member => member is not GlobalStatementSyntax)
            ?? node.SyntaxTree.GetRoot();
}
