using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Vmemmap.CodeFixes.Pages;

/// <summary>An expression whose evaluation changes nothing and calls nothing, so that it can be left out.</summary>
internal static class PureExpression
{
    public static bool Is(ExpressionSyntax expression, SemanticModel model, CancellationToken cancellationToken) => expression switch
    {
        _ when model.GetConstantValue(expression, cancellationToken).HasValue => true,
        ParenthesizedExpressionSyntax inner => Is(inner.Expression, model, cancellationToken),
        CastExpressionSyntax cast => Is(cast.Expression, model, cancellationToken),
        BinaryExpressionSyntax { OperatorToken.Text: "+" or "-" or "*" or "&" or "|" or "^" or "<<" or ">>" or ">>>" } both =>
            Is(both.Left, model, cancellationToken) && Is(both.Right, model, cancellationToken),
        IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax or IdentifierNameSyntax } =>
            model.GetSymbolInfo(expression, cancellationToken).Symbol is ILocalSymbol or IParameterSymbol or IFieldSymbol { IsVolatile: false },
        _ => false,
    };
}
