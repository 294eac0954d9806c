using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Vmemmap.CodeFixes.Fixing;

namespace Vmemmap.CodeFixes.Restoring;

/// <summary>Gives a method that is one expression a block, so that there is a statement to put into a scope.</summary>
internal static class BlockBody
{
    private static readonly SyntaxAnnotation Access = new();
    private static readonly SyntaxAnnotation Source = new();

    /// <summary>The same document and target where there is a statement already; null where none can be made.</summary>
    public static async Task<(Document Document, FixTarget Target)?> EnsureAsync(Document document, FixTarget target, CancellationToken cancellationToken)
    {
        SyntaxNode? outer = target.Access;
        while (outer is not null and not StatementSyntax and not ArrowExpressionClauseSyntax && !StatementRange.IsFunction(outer))
        {
            outer = outer.Parent;
        }

        if (outer is StatementSyntax and not LocalFunctionStatementSyntax)
        {
            return (document, target);
        }

        SemanticModel? model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        if (model is null || outer is not ArrowExpressionClauseSyntax { Parent: { } declaration } arrow)
        {
            return null;
        }

        SyntaxNode marked = Marked(declaration, target);
        if (WithBlock(marked, arrow, declaration, model, cancellationToken) is not { } withBlock)
        {
            return null;
        }

        SyntaxNode root = await declaration.SyntaxTree.GetRootAsync(cancellationToken).ConfigureAwait(false);
        Document changed = await Formatter.FormatAsync(
            document.WithSyntaxRoot(root.ReplaceNode(declaration, withBlock)), Formatter.Annotation, cancellationToken: cancellationToken).ConfigureAwait(false);
        SyntaxNode? changedRoot = await changed.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        SyntaxNode? access = First(changedRoot, Access);
        return access is null ? null : (changed, target.At(access, First(changedRoot, Source) as ExpressionSyntax));
    }

    private static SyntaxNode Marked(SyntaxNode declaration, FixTarget target) => declaration.ReplaceNodes<SyntaxNode, SyntaxNode>(
        target.Source is null || target.Source == target.Access ? [target.Access] : [target.Access, target.Source],
        (original, rewritten) =>
        {
            SyntaxNode marked = original == target.Access ? rewritten.WithAdditionalAnnotations(Access) : rewritten;
            return original == target.Source ? marked.WithAdditionalAnnotations(Source) : marked;
        });

    private static SyntaxNode? WithBlock(
        SyntaxNode marked, ArrowExpressionClauseSyntax arrow, SyntaxNode declaration, SemanticModel model, CancellationToken cancellationToken)
    {
        if (model.GetDeclaredSymbol(declaration, cancellationToken) is not IMethodSymbol method)
        {
            return null;
        }

        bool returns = !method.ReturnsVoid && method.MethodKind is not MethodKind.Constructor
            && !(method.IsAsync && method.ReturnType is INamedTypeSymbol { IsGenericType: false });
        return marked switch
        {
            MethodDeclarationSyntax { ExpressionBody: { } body } each => each.WithExpressionBody(null)
                .WithBody(Block(body, each.SemicolonToken, returns)).WithSemicolonToken(default),
            LocalFunctionStatementSyntax { ExpressionBody: { } body } each => each.WithExpressionBody(null)
                .WithBody(Block(body, each.SemicolonToken, returns)).WithSemicolonToken(default),
            AccessorDeclarationSyntax { ExpressionBody: { } body } each => each.WithExpressionBody(null)
                .WithBody(Block(body, each.SemicolonToken, returns)).WithSemicolonToken(default),
            ConstructorDeclarationSyntax { ExpressionBody: { } body } each => each.WithExpressionBody(null)
                .WithBody(Block(body, each.SemicolonToken, returns)).WithSemicolonToken(default),
            _ => null,
        };
    }

    private static BlockSyntax Block(ArrowExpressionClauseSyntax body, SyntaxToken semicolon, bool returns)
    {
        ExpressionSyntax expression = body.Expression.WithoutTrailingTrivia();
        StatementSyntax statement = returns ? SyntaxFactory.ReturnStatement(expression) : SyntaxFactory.ExpressionStatement(expression);
        return SyntaxFactory.Block(statement)
            .WithLeadingTrivia(SyntaxFactory.ElasticCarriageReturnLineFeed)
            .WithTrailingTrivia(semicolon.TrailingTrivia)
            .WithAdditionalAnnotations(Formatter.Annotation);
    }

    private static SyntaxNode? First(SyntaxNode? root, SyntaxAnnotation annotation)
    {
        if (root is not null)
        {
            foreach (SyntaxNode node in root.GetAnnotatedNodes(annotation))
            {
                return node;
            }
        }

        return null;
    }
}
