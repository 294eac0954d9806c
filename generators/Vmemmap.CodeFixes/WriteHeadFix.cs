using System.Collections.Immutable;
using System.Composition;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Vmemmap.Analyzers.Accesses;
using Vmemmap.Analyzers.Rules;
using Vmemmap.CodeFixes.Fixing;
using Vmemmap.CodeFixes.Pages;

namespace Vmemmap.CodeFixes;

/// <summary>
/// Metadata that was kept in a tail goes to the head, whose struct page can always be written: page.Unchecked(100).Flags becomes
/// page.Writable[0].Flags, or page.Unchecked(0).Flags where the type has no such view.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(WriteHeadFix)), Shared]
public sealed class WriteHeadFix : TailFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds => [RuleIds.TailWrite, RuleIds.PossibleTailWrite];

    internal override string Title => "Write to the head struct page";

    internal override async Task<Solution?> FixAsync(Document document, FixTarget target, CancellationToken cancellationToken)
    {
        // One index: what a loop or a computed index writes is kept for each base page, and the head has no place for it.
        if (target is not { Source: { } syntax, Index: > 0, Kind: nameof(AccessKind.Write) }
            || await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model
            || TailSource.Of(syntax, model, cancellationToken) is not { IsWritable: true } source
            || IsWholeStructPage(target.Access, source, model)
            || !PureExpression.Is(source.Index, model, cancellationToken))
        {
            return null;
        }

        SyntaxNode root = await syntax.SyntaxTree.GetRootAsync(cancellationToken).ConfigureAwait(false);
        LiteralExpressionSyntax head = SyntaxFactory.LiteralExpression(SyntaxKind.NumericLiteralExpression, SyntaxFactory.Literal(0))
            .WithTriviaFrom(source.Index);
        WritableView? view = source is { IsOnPage: true, Member.ContainingType: { } page }
            ? WritableView.Of(page, source.Element, model, syntax.SpanStart)
            : null;
        return view?.Rewrite(source, head) is { } viewed
                && await Improved.WithRootAsync(document, target, root.ReplaceNode(syntax, viewed), cancellationToken).ConfigureAwait(false) is { } solution
            ? solution
            : await Improved.WithRootAsync(document, target, root.ReplaceNode(source.Index, head), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether all 64 bytes are replaced: done to the head this would destroy it.</summary>
    private static bool IsWholeStructPage(SyntaxNode access, TailSource source, SemanticModel model) =>
        SymbolEqualityComparer.Default.Equals(model.GetTypeInfo(access).Type, source.Element);
}
