using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Vmemmap.CodeFixes.Pages;

/// <summary>A huge page's property whose value has exactly the struct pages that may be written: HugePage.Writable.</summary>
internal sealed class WritableView
{
    private WritableView(IPropertySymbol property, IPropertySymbol count)
    {
        Property = property;
        Count = count;
    }

    public IPropertySymbol Property { get; }

    /// <summary>How many struct pages may be written.</summary>
    public IPropertySymbol Count { get; }

    /// <summary>The view of a type of huge pages; null if it has none that can be used at a position.</summary>
    public static WritableView? Of(ITypeSymbol page, ITypeSymbol element, SemanticModel model, int position)
    {
        foreach (IPropertySymbol property in page.MembersWithInherited().OfType<IPropertySymbol>())
        {
            if (property is { IsStatic: false, IsIndexer: false, GetMethod: not null }
                && property.Type is INamedTypeSymbol type
                && model.IsAccessible(position, property)
                && type.GetMembers().OfType<IPropertySymbol>().FirstOrDefault(count => PageMarks.IsWritableCount(count, model.Compilation)) is { } writable
                && model.IsAccessible(position, writable)
                && StructPageIndexer.Of(type, element) is not null)
            {
                return new WritableView(property, writable);
            }
        }

        return null;
    }

    /// <summary>A source as an access to this view.</summary>
    /// <param name="source">page.Unchecked(i) or page[i]; also after "?.".</param>
    /// <param name="index">The index to use.</param>
    public ExpressionSyntax? Rewrite(TailSource source, ExpressionSyntax index)
    {
        IdentifierNameSyntax name = SyntaxFactory.IdentifierName(Property.Name);
        (ExpressionSyntax? view, SyntaxToken open, SyntaxToken close) = source.Syntax switch
        {
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } call =>
                ((ExpressionSyntax?)member.WithName(name.WithTriviaFrom(member.Name)), call.ArgumentList.OpenParenToken, call.ArgumentList.CloseParenToken),
            InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax member } call =>
                (member.WithName(name.WithTriviaFrom(member.Name)), call.ArgumentList.OpenParenToken, call.ArgumentList.CloseParenToken),
            InvocationExpressionSyntax { Expression: SimpleNameSyntax method } call =>
                (name.WithTriviaFrom(method), call.ArgumentList.OpenParenToken, call.ArgumentList.CloseParenToken),
            ElementAccessExpressionSyntax access =>
                (SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, access.Expression, name),
                    access.ArgumentList.OpenBracketToken, access.ArgumentList.CloseBracketToken),
            _ => (null, default, default),
        };
        return view is null
            ? null
            : SyntaxFactory.ElementAccessExpression(
                view,
                SyntaxFactory.BracketedArgumentList(
                    SyntaxFactory.Token(SyntaxKind.OpenBracketToken).WithTriviaFrom(open),
                    SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Argument(index)),
                    SyntaxFactory.Token(SyntaxKind.CloseBracketToken).WithTriviaFrom(close)));
    }

    /// <summary>How many struct pages of a huge page may be written, as code.</summary>
    public ExpressionSyntax CountOf(TailSource source)
    {
        SimpleNameSyntax property = SyntaxFactory.IdentifierName(Property.Name);
        ExpressionSyntax view = source.Page is { } page
            ? SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, page.WithoutTrivia(), property)
            : property;
        return SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, view, SyntaxFactory.IdentifierName(Count.Name));
    }
}
