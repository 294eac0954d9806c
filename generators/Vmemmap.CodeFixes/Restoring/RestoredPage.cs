using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Vmemmap.Analyzers.Rules;
using Vmemmap.CodeFixes.Fixing;
using Vmemmap.CodeFixes.Pages;

namespace Vmemmap.CodeFixes.Restoring;

/// <summary>The huge page that a fix restores, and how.</summary>
internal sealed class RestoredPage
{
    private RestoredPage(ExpressionSyntax? expression, TailSource? source, RestoreMethod restore)
    {
        Expression = expression;
        Source = source;
        Restore = restore;
    }

    /// <summary>The huge page; null for this, where it is not written.</summary>
    public ExpressionSyntax? Expression { get; }

    /// <summary>The access to one struct page that the diagnostic is about; null if it is about a span or the huge page itself.</summary>
    public TailSource? Source { get; }

    public RestoreMethod Restore { get; }

    /// <summary>The call that restores it, as code.</summary>
    public string Call => (Expression is null ? string.Empty : Expression.WithoutTrivia() + ".") + Restore.Method.Name + "()";

    public static RestoredPage? Of(FixTarget target, SemanticModel model, CancellationToken cancellationToken)
    {
        if (target.Access is not ExpressionSyntax access)
        {
            return null;
        }

        // What needs a restored huge page is done to an argument, or to what its member is called on.
        if (target.Id == RuleIds.NotRestored)
        {
            return (model.GetTypeInfo(access, cancellationToken).Type is { } type ? With(access, type, null, model) : null)
                ?? OnOwner(access, null, model, cancellationToken);
        }

        return target.Source is { } source ? OnOwner(source, TailSource.Of(source, model, cancellationToken), model, cancellationToken) : null;
    }

    /// <summary>Whether an expression means this huge page, in code where <see cref="Expression"/> does.</summary>
    public bool Is(ExpressionSyntax? other) => other is null or ThisExpressionSyntax
        ? Expression is null or ThisExpressionSyntax
        : Expression is not null && SyntaxFactory.AreEquivalent(Expression.WithoutTrivia(), other.WithoutTrivia());

    /// <summary>Whether code in some statements says anew in which state the huge page's vmemmap is: a scope around it would contradict it.</summary>
    public bool ChangesStateIn(StatementRange range, SemanticModel model, CancellationToken cancellationToken) => range.Nodes()
        .OfType<InvocationExpressionSyntax>()
        .Any(call => model.GetSymbolInfo(call, cancellationToken).Symbol is IMethodSymbol method
            && ((!method.IsStatic && PageMarks.SetsState(method, model.Compilation) && TryOwner(call, out ExpressionSyntax? owner) && Is(owner))
                || (PageMarks.SetsStateOfArgument(method, model.Compilation) && call.ArgumentList.Arguments.Any(argument => Is(argument.Expression)))));

    private static RestoredPage? OnOwner(ExpressionSyntax member, TailSource? source, SemanticModel model, CancellationToken cancellationToken)
    {
        if (!TryOwner(member, out ExpressionSyntax? owner)
            || model.GetSymbolInfo(member, cancellationToken).Symbol is not { IsStatic: false, ContainingType: { } container } symbol
            || symbol is IMethodSymbol { MethodKind: MethodKind.ReducedExtension or MethodKind.LocalFunction } or ILocalSymbol or IParameterSymbol)
        {
            return null;
        }

        ITypeSymbol? type = owner is null ? container : model.GetTypeInfo(owner, cancellationToken).Type;
        return type is null ? null : With(owner, type, source, model);
    }

    private static RestoredPage? With(ExpressionSyntax? expression, ITypeSymbol type, TailSource? source, SemanticModel model)
    {
        int position = (expression ?? source?.Syntax)?.SpanStart ?? -1;
        return position >= 0 && RestoreMethod.Of(type, source?.Element, model, position) is { } restore
            ? new RestoredPage(expression, source, restore)
            : null;
    }

    /// <summary>What a member is called on; null for this. False after "?.", where it is not sure to be called.</summary>
    private static bool TryOwner(ExpressionSyntax member, out ExpressionSyntax? owner)
    {
        ExpressionSyntax called = member is InvocationExpressionSyntax call ? call.Expression : member;
        owner = called switch
        {
            MemberAccessExpressionSyntax access => access.Expression,
            ElementAccessExpressionSyntax access => access.Expression,
            _ => null,
        };
        return owner is not null || called is SimpleNameSyntax;
    }
}
