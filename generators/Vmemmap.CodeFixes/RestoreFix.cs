using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Options;
using Vmemmap.Analyzers.Rules;
using Vmemmap.CodeFixes.Fixing;
using Vmemmap.CodeFixes.Pages;
using Vmemmap.CodeFixes.Restoring;

namespace Vmemmap.CodeFixes;

/// <summary>
/// Puts the statement, or the loop around it, into a scope in which every struct page is writable:
/// using (var scope = page.Restore()) { scope[100].Flags = 1; }.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RestoreFix)), Shared]
public sealed class RestoreFix : TailFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds =>
        [RuleIds.TailWrite, RuleIds.PossibleTailWrite, RuleIds.TailPassedWritable, RuleIds.NotRestored, RuleIds.LostWrite];

    internal override string Title => "Restore the vmemmap for this";

    internal override async Task<Solution?> FixAsync(Document document, FixTarget target, CancellationToken cancellationToken)
    {
        if (await BlockBody.EnsureAsync(document, target, cancellationToken).ConfigureAwait(false) is not { } within
            || await within.Document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model
            || RestoredPage.Of(within.Target, model, cancellationToken) is not { } page
            || (target.Id == RuleIds.LostWrite && !IsOnSource(target))
            || ScopeBlock.IsIn(within.Target.Access, page))
        {
            return null;
        }

        SyntaxNode root = await within.Target.Access.SyntaxTree.GetRootAsync(cancellationToken).ConfigureAwait(false);
        string unit = await UnitAsync(document, cancellationToken).ConfigureAwait(false);
        foreach (StatementRange range in RangesFor(within.Target, page, model, cancellationToken))
        {
            IReadOnlyCollection<TailSource> accesses = AccessesIn(range, page, model, cancellationToken);
            if (await TryAsync(range, accesses).ConfigureAwait(false) is { } renamed)
            {
                return renamed;
            }

            // A reference that outlives the scope cannot come from it; the huge page is restored all the same.
            if (accesses.Count > 0 && target.Id != RuleIds.LostWrite && await TryAsync(range, []).ConfigureAwait(false) is { } restored)
            {
                return restored;
            }
        }

        return null;

        Task<Solution?> TryAsync(StatementRange range, IReadOnlyCollection<TailSource> accesses) => Improved.WithRootAsync(
            document, target, new ScopeBlock(range, page, accesses, unit).In(root, model), cancellationToken);
    }

    /// <summary>Where a scope can be: around the outermost loop that leaves the huge page alone, then inwards to the statement itself.</summary>
    private static IEnumerable<StatementRange> RangesFor(
        FixTarget target, RestoredPage page, SemanticModel model, CancellationToken cancellationToken)
    {
        var ranges = new Stack<StatementRange>();
        SyntaxNode? inner = target.Access;
        SyntaxNode other = target.Source ?? target.Access;
        while (inner is not null
            && StatementRange.Around(inner, other) is { } around
            && around.ThroughLastUse(model, cancellationToken) is var range
            && CanHaveScope(range, page, model, cancellationToken))
        {
            ranges.Push(range);
            inner = LoopAround(range.First);
            other = inner ?? other;
        }

        return ranges;
    }

    private static StatementSyntax? LoopAround(StatementSyntax statement)
    {
        for (SyntaxNode? node = statement.Parent; node is not null && !StatementRange.IsFunction(node); node = node.Parent)
        {
            if (node is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax)
            {
                return (StatementSyntax)node;
            }
        }

        return null;
    }

    private static bool CanHaveScope(StatementRange range, RestoredPage page, SemanticModel model, CancellationToken cancellationToken) =>
        StablePage.Is(page.Expression, range.First, range.Last, model, cancellationToken)
        && !(page.Restore.Method.ReturnType.IsRefLikeType && range.NodesOfThisFunction().Any(IsSuspension))
        && !page.ChangesStateIn(range, model, cancellationToken);

    /// <summary>Whether the method is left there and goes on later, which a ref struct does not survive.</summary>
    private static bool IsSuspension(SyntaxNode node) => node switch
    {
        AwaitExpressionSyntax or YieldStatementSyntax => true,
        CommonForEachStatementSyntax loop => loop.AwaitKeyword.Span.Length > 0,
        UsingStatementSyntax scope => scope.AwaitKeyword.Span.Length > 0,
        LocalDeclarationStatementSyntax local => local.AwaitKeyword.Span.Length > 0,
        _ => false,
    };

    /// <summary>What gives out the same huge page's struct pages by the same member, and can be an access to the scope.</summary>
    private static IReadOnlyCollection<TailSource> AccessesIn(
        StatementRange range, RestoredPage page, SemanticModel model, CancellationToken cancellationToken) =>
        page is { Source: { IsOnPage: true } source, Restore.Indexer: { } indexer }
            ? range.NodesOfThisFunction()
                .OfType<ExpressionSyntax>()
                .Where(node => node is InvocationExpressionSyntax or ElementAccessExpressionSyntax)
                .Select(node => TailSource.Of(node, model, cancellationToken))
                .OfType<TailSource>()
                .Where(other => SymbolEqualityComparer.Default.Equals(other.Member, source.Member)
                    && (other.Page is not null || other.IsOfImplicitThis)
                    && page.Is(other.Page)
                    && model.ClassifyConversion(other.Index, indexer.Parameters[0].Type).IsImplicit)
                .ToArray()
            : [];

    private static bool IsOnSource(FixTarget target) => target.Source is { } source && target.Access.Span.Contains(source.Span);

    private static async Task<string> UnitAsync(Document document, CancellationToken cancellationToken)
    {
        DocumentOptionSet options = await document.GetOptionsAsync(cancellationToken).ConfigureAwait(false);
        return options.GetOption(FormattingOptions.UseTabs) ? "\t" : new string(' ', options.GetOption(FormattingOptions.IndentationSize));
    }
}
