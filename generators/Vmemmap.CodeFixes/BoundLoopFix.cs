using System.Collections.Immutable;
using System.Composition;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Vmemmap.Analyzers.Rules;
using Vmemmap.CodeFixes.Fixing;
using Vmemmap.CodeFixes.Loops;
using Vmemmap.CodeFixes.Pages;

namespace Vmemmap.CodeFixes;

/// <summary>
/// A loop over a huge page's struct pages stops where they are read-only: i &lt; page.Count becomes i &lt; page.Writable.Count, or
/// i &lt; 64 where the type has no such view and its mark gives the number.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(BoundLoopFix)), Shared]
public sealed class BoundLoopFix : TailFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds => [RuleIds.PossibleTailWrite, RuleIds.TailPassedWritable];

    internal override string Title => "Bound the loop to the writable struct pages";

    internal override async Task<Solution?> FixAsync(Document document, FixTarget target, CancellationToken cancellationToken)
    {
        if (target.Source is not { } syntax
            || await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model
            || TailSource.Of(syntax, model, cancellationToken) is not { } source
            || model.GetSymbolInfo(Unconverted(source.Index), cancellationToken).Symbol is not ILocalSymbol index
            || UpwardLoop.Around(target.Access, syntax, index, model, cancellationToken) is not { } loop
            || BoundOf(source, loop, model, cancellationToken) is not { } bound)
        {
            return null;
        }

        ExpressionSyntax? condition = loop.BoundedBy(bound, ReachesTheWholeHugePage(loop, source, bound, target, model, cancellationToken));
        if (condition is null)
        {
            return null;
        }

        SyntaxNode root = await syntax.SyntaxTree.GetRootAsync(cancellationToken).ConfigureAwait(false);
        SyntaxNode bounded = root.ReplaceNode(loop.Comparison, condition.WithTriviaFrom(loop.Comparison).WithAdditionalAnnotations(Formatter.Annotation));
        return await Improved.WithRootAsync(document, target, bounded, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How many struct pages may be written, as code of the index's type or one it is compared with.</summary>
    private static ExpressionSyntax? BoundOf(TailSource source, UpwardLoop loop, SemanticModel model, CancellationToken cancellationToken)
    {
        if (source is { IsOnPage: true, Page: not null } or { IsOfImplicitThis: true }
            && WritableView.Of(source.Member.ContainingType, source.Element, model, source.Syntax.SpanStart) is { } view)
        {
            return StablePage.Is(source.Page, loop.Statement, loop.Statement, model, cancellationToken)
                ? Compared(view.CountOf(source), loop.Index.Type)
                : null;
        }

        return PageMarks.FirstReadOnlyIndexOf(source.Member, model.Compilation) is { } first
            && (loop.ConstantBound(model, cancellationToken) is not { } existing || first < existing)
                ? Number(first)
                : null;
    }

    /// <summary>Unsigned 64-bit and native integers are not compared with signed ones.</summary>
    private static ExpressionSyntax Compared(ExpressionSyntax count, ITypeSymbol index) => index.SpecialType switch
    {
        SpecialType.System_UInt64 => Cast(SyntaxKind.ULongKeyword, count),
        SpecialType.System_UIntPtr => SyntaxFactory.CastExpression(SyntaxFactory.IdentifierName("nuint"), count),
        _ => count,
    };

    private static CastExpressionSyntax Cast(SyntaxKind keyword, ExpressionSyntax count) =>
        SyntaxFactory.CastExpression(SyntaxFactory.PredefinedType(SyntaxFactory.Token(keyword)), count);

    private static LiteralExpressionSyntax Number(long value) => SyntaxFactory.LiteralExpression(
        SyntaxKind.NumericLiteralExpression,
        SyntaxFactory.Literal(value.ToString(CultureInfo.InvariantCulture), value));

    /// <summary>
    /// Whether the bound that is there never ends the loop before the new one would: itself, the count of the same huge page, or a constant that
    /// is either not less or as many struct pages as huge pages have. Any other is kept beside the new one.
    /// </summary>
    private static bool ReachesTheWholeHugePage(
        UpwardLoop loop, TailSource source, ExpressionSyntax bound, FixTarget target, SemanticModel model, CancellationToken cancellationToken)
    {
        if (SyntaxFactory.AreEquivalent(loop.Bound.WithoutTrivia(), bound))
        {
            return true;
        }

        if (loop.ConstantBound(model, cancellationToken) is { } constant)
        {
            // Struct pages of an optimizable huge page fill at least four times the vmemmap pages that are kept, and are a power of two.
            return bound is LiteralExpressionSyntax
                || (target.FirstReadOnly is { } first && constant / 4 >= first && (constant & (constant - 1)) == 0);
        }

        return loop.IsExclusive
            && loop.Bound is MemberAccessExpressionSyntax { Name.Identifier.Text: "Count" or "Length" } count
            && source.Page is { } page
            && SyntaxFactory.AreEquivalent(count.Expression.WithoutTrivia(), page.WithoutTrivia())
            && bound is not LiteralExpressionSyntax;
    }

    private static ExpressionSyntax Unconverted(ExpressionSyntax index) => index switch
    {
        ParenthesizedExpressionSyntax inner => Unconverted(inner.Expression),
        CastExpressionSyntax cast => Unconverted(cast.Expression),
        _ => index,
    };
}
