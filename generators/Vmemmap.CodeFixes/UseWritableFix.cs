using System.Collections.Immutable;
using System.Composition;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Vmemmap.Analyzers.Rules;
using Vmemmap.CodeFixes.Fixing;
using Vmemmap.CodeFixes.Pages;

namespace Vmemmap.CodeFixes;

/// <summary>
/// What is written through a read-only reference goes through the view that checks the index: Unsafe.AsRef(in page[3]) and
/// page[3].SetHead() become page.Writable[3] and page.Writable[3].SetHead().
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UseWritableFix)), Shared]
public sealed class UseWritableFix : TailFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds => [RuleIds.ReadOnlyRemoved, RuleIds.LostWrite];

    internal override string Title => "Use the view of the writable struct pages";

    internal override async Task<Solution?> FixAsync(Document document, FixTarget target, CancellationToken cancellationToken)
    {
        if (target.Source is not { } syntax
            || !target.Access.Span.Contains(syntax.Span)
            || await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model
            || TailSource.Of(syntax, model, cancellationToken) is not { IsOnPage: true } source
            || WritableView.Of(source.Member.ContainingType, source.Element, model, syntax.SpanStart) is not { } view
            || view.Rewrite(source, source.Index) is not { } viewed)
        {
            return null;
        }

        ExpressionSyntax? replaced = target.Id == RuleIds.LostWrite ? Receiver(target, syntax) : AsReference(target, syntax, model, cancellationToken);
        if (replaced is null)
        {
            return null;
        }

        SyntaxNode root = await syntax.SyntaxTree.GetRootAsync(cancellationToken).ConfigureAwait(false);
        return await Improved.WithRootAsync(
            document, target, root.ReplaceNode(replaced, viewed.WithTriviaFrom(replaced)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The struct page whose copy is written: a tail for certain would make the view throw, so it must lie below.</summary>
    private static ExpressionSyntax? Receiver(FixTarget target, ExpressionSyntax source) =>
        target.Index is >= 0 && target.Index < target.FirstReadOnly ? source : null;

    /// <summary>The whole call of Unsafe.AsRef: the view throws where the index is a tail's, which is better than a lost page, but not always.</summary>
    private static ExpressionSyntax? AsReference(FixTarget target, ExpressionSyntax source, SemanticModel model, CancellationToken cancellationToken) =>
        !(target.Lowest >= target.FirstReadOnly)
        && target.Access is InvocationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments } call
        && arguments[0].Expression.Span == source.Span
        && model.GetOperation(call, cancellationToken) is IInvocationOperation { TargetMethod: { Name: "AsRef", ContainingType: { Name: "Unsafe" } type } }
        && type.ContainingNamespace.ToDisplayString() == "System.Runtime.CompilerServices"
            ? call
            : null;
}
