using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Vmemmap.CodeFixes.Pages;

/// <summary>A huge page's expression that means the same object before, all through and after some statements.</summary>
internal static class StablePage
{
    /// <param name="page">The expression; null for this.</param>
    /// <param name="first">The first of the statements.</param>
    /// <param name="last">The last of them, in the same list.</param>
    /// <param name="model">What the code means.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static bool Is(ExpressionSyntax? page, StatementSyntax first, StatementSyntax last, SemanticModel model, CancellationToken cancellationToken)
    {
        switch (page)
        {
            case null or ThisExpressionSyntax or BaseExpressionSyntax:
                return true;
            case ParenthesizedExpressionSyntax inner:
                return Is(inner.Expression, first, last, model, cancellationToken);
            case IdentifierNameSyntax:
                break;
            case MemberAccessExpressionSyntax { RawKind: (int)SyntaxKind.SimpleMemberAccessExpression } member
                when model.GetSymbolInfo(member.Expression, cancellationToken).Symbol is ITypeSymbol or INamespaceSymbol
                    || Is(member.Expression, first, last, model, cancellationToken):
                break;
            default:
                return false;
        }

        return model.GetSymbolInfo(page, cancellationToken).Symbol switch
        {
            ILocalSymbol { RefKind: RefKind.None } local =>
                local.DeclaringSyntaxReferences.All(declaration => declaration.Span.Start < first.SpanStart)
                && !IsWritten(local, first, last, model),
            IParameterSymbol { RefKind: RefKind.None or RefKind.In } parameter => !IsWritten(parameter, first, last, model),
            IFieldSymbol { IsReadOnly: true } => true,
            IPropertySymbol { IsReadOnly: true, IsAbstract: false, IsVirtual: false, IsOverride: false } property => IsGetOnlyAuto(property),
            _ => false,
        };
    }

    private static bool IsWritten(ISymbol symbol, StatementSyntax first, StatementSyntax last, SemanticModel model) =>
        model.AnalyzeDataFlow(first, last) is not { Succeeded: true } flow
        || flow.WrittenInside.Contains(symbol, SymbolEqualityComparer.Default)
        || flow.UnsafeAddressTaken.Contains(symbol, SymbolEqualityComparer.Default);

    private static bool IsGetOnlyAuto(IPropertySymbol property) => property.ContainingType.GetMembers()
        .OfType<IFieldSymbol>()
        .Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));
}
