using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Vmemmap.CodeFixes.Restoring;

namespace Vmemmap.CodeFixes.Loops;

/// <summary>A loop that compares a local with an upper bound before each round, and in which that local only goes up, after the round.</summary>
internal sealed class UpwardLoop
{
    private readonly bool _isIndexLeft;

    private UpwardLoop(StatementSyntax statement, ILocalSymbol index, BinaryExpressionSyntax comparison, bool isIndexLeft)
    {
        Statement = statement;
        Index = index;
        Comparison = comparison;
        _isIndexLeft = isIndexLeft;
    }

    public StatementSyntax Statement { get; }

    public ILocalSymbol Index { get; }

    /// <summary>The comparison in the condition, which may have others beside it.</summary>
    public BinaryExpressionSyntax Comparison { get; }

    public ExpressionSyntax Bound => _isIndexLeft ? Comparison.Right : Comparison.Left;

    /// <summary>Whether the bound itself is never reached.</summary>
    public bool IsExclusive => Comparison.IsKind(SyntaxKind.LessThanExpression) || Comparison.IsKind(SyntaxKind.GreaterThanExpression)
        || Comparison.IsKind(SyntaxKind.NotEqualsExpression);

    /// <summary>The innermost such loop around an access; null if the index is not that of a loop.</summary>
    public static UpwardLoop? Around(
        SyntaxNode access, ExpressionSyntax source, ILocalSymbol index, SemanticModel model, CancellationToken cancellationToken)
    {
        for (SyntaxNode? node = access.Parent; node is not null && !StatementRange.IsFunction(node); node = node.Parent)
        {
            (ExpressionSyntax? condition, StatementSyntax? body) = node switch
            {
                ForStatementSyntax { Condition: { } test } loop => (test, loop.Statement),
                WhileStatementSyntax loop => (loop.Condition, loop.Statement),
                _ => ((ExpressionSyntax?)null, (StatementSyntax?)null),
            };
            if (condition is not null
                && body!.Span.Contains(access.Span)
                && body.Span.Contains(source.Span)
                && Find(condition, index, model, cancellationToken) is { } found
                && GoesUp((StatementSyntax)node, body, index, model, cancellationToken))
            {
                return new UpwardLoop((StatementSyntax)node, index, found.Comparison, found.IsIndexLeft);
            }
        }

        return null;
    }

    /// <summary>The bound as a constant that is never reached.</summary>
    public long? ConstantBound(SemanticModel model, CancellationToken cancellationToken)
    {
        if (model.GetConstantValue(Bound, cancellationToken) is not { HasValue: true, Value: { } value })
        {
            return null;
        }

        long? bound = value switch
        {
            int number => number,
            uint number => number,
            long number => number,
            ulong number and <= long.MaxValue => (long)number,
            short number => number,
            ushort number => number,
            byte number => number,
            _ => null,
        };
        return IsExclusive ? bound : bound + 1;
    }

    /// <summary>The comparison with another bound: instead of the one that is there, or beside it. Null if it is there already.</summary>
    public ExpressionSyntax? BoundedBy(ExpressionSyntax bound, bool replaces)
    {
        if (Conjuncts().Any(other => other is BinaryExpressionSyntax test && IsBelow(test, bound)))
        {
            return null;
        }

        if (!replaces)
        {
            ExpressionSyntax index = (_isIndexLeft ? Comparison.Left : Comparison.Right).WithoutTrivia();
            return SyntaxFactory.BinaryExpression(
                SyntaxKind.LogicalAndExpression,
                Comparison.WithoutTrivia(),
                SyntaxFactory.BinaryExpression(SyntaxKind.LessThanExpression, index, bound));
        }

        SyntaxKind kind = _isIndexLeft ? SyntaxKind.LessThanExpression : SyntaxKind.GreaterThanExpression;
        SyntaxKind operation = _isIndexLeft ? SyntaxKind.LessThanToken : SyntaxKind.GreaterThanToken;
        return SyntaxFactory.BinaryExpression(
            kind,
            _isIndexLeft ? Comparison.Left : bound.WithTriviaFrom(Comparison.Left),
            SyntaxFactory.Token(operation).WithTriviaFrom(Comparison.OperatorToken),
            _isIndexLeft ? bound.WithTriviaFrom(Comparison.Right) : Comparison.Right);
    }

    private bool IsBelow(BinaryExpressionSyntax test, ExpressionSyntax bound)
    {
        ExpressionSyntax index = _isIndexLeft ? Comparison.Left : Comparison.Right;
        return (test.IsKind(SyntaxKind.LessThanExpression) && Same(test.Left, index) && Same(test.Right, bound))
            || (test.IsKind(SyntaxKind.GreaterThanExpression) && Same(test.Right, index) && Same(test.Left, bound));

        static bool Same(ExpressionSyntax one, ExpressionSyntax other) => SyntaxFactory.AreEquivalent(one.WithoutTrivia(), other.WithoutTrivia());
    }

    private IEnumerable<ExpressionSyntax> Conjuncts()
    {
        ExpressionSyntax whole = Comparison;
        while (whole.Parent is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } or ParenthesizedExpressionSyntax)
        {
            whole = (ExpressionSyntax)whole.Parent;
        }

        return ConjunctsOf(whole);
    }

    private static IEnumerable<ExpressionSyntax> ConjunctsOf(ExpressionSyntax condition) => condition switch
    {
        ParenthesizedExpressionSyntax inner => ConjunctsOf(inner.Expression),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } both => ConjunctsOf(both.Left).Concat(ConjunctsOf(both.Right)),
        _ => [condition],
    };

    private static (BinaryExpressionSyntax Comparison, bool IsIndexLeft)? Find(
        ExpressionSyntax condition, ILocalSymbol index, SemanticModel model, CancellationToken cancellationToken)
    {
        foreach (BinaryExpressionSyntax test in ConjunctsOf(condition).OfType<BinaryExpressionSyntax>())
        {
            bool isLeft = test.Kind() is SyntaxKind.LessThanExpression or SyntaxKind.LessThanOrEqualExpression or SyntaxKind.NotEqualsExpression
                && IsIndex(test.Left, index, model, cancellationToken);
            if (isLeft
                || (test.Kind() is SyntaxKind.GreaterThanExpression or SyntaxKind.GreaterThanOrEqualExpression
                    && IsIndex(test.Right, index, model, cancellationToken)))
            {
                return (test, isLeft);
            }
        }

        return null;
    }

    private static bool IsIndex(ExpressionSyntax expression, ILocalSymbol index, SemanticModel model, CancellationToken cancellationToken) =>
        expression is IdentifierNameSyntax
        && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(expression, cancellationToken).Symbol, index);

    /// <summary>Whether the index is written only by steps up, and only where the condition comes next.</summary>
    private static bool GoesUp(StatementSyntax loop, StatementSyntax body, ILocalSymbol index, SemanticModel model, CancellationToken cancellationToken)
    {
        SyntaxNode[] steps = loop switch
        {
            ForStatementSyntax { Incrementors: { Count: > 0 } incrementors } => incrementors.ToArray<SyntaxNode>(),
            WhileStatementSyntax when body is BlockSyntax { Statements: { Count: > 0 } statements } && statements.Last() is ExpressionStatementSyntax step =>
                [step.Expression],
            _ => [],
        };
        return steps.OfType<ExpressionSyntax>().Any(step => IsStepUp(step, index, model, cancellationToken))
            && body.DescendantNodes().Concat(steps.SelectMany(step => step.DescendantNodes()))
                .OfType<IdentifierNameSyntax>()
                .Where(name => name.Identifier.ValueText == index.Name && IsIndex(name, index, model, cancellationToken))
                .All(name => !IsWritten(name)
                    || (Array.IndexOf(steps, name.Parent) >= 0 && IsStepUp((ExpressionSyntax)name.Parent!, index, model, cancellationToken)));
    }

    private static bool IsStepUp(ExpressionSyntax step, ILocalSymbol index, SemanticModel model, CancellationToken cancellationToken) => step switch
    {
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression } add => IsIndex(add.Operand, index, model, cancellationToken),
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression } add => IsIndex(add.Operand, index, model, cancellationToken),
        AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.AddAssignmentExpression } add =>
            IsIndex(add.Left, index, model, cancellationToken)
            && model.GetConstantValue(add.Right, cancellationToken) is { HasValue: true, Value: int and > 0 or long and > 0 or uint and > 0 or ulong and > 0 },
        _ => false,
    };

    private static bool IsWritten(IdentifierNameSyntax name) => name.Parent switch
    {
        PostfixUnaryExpressionSyntax => true,
        PrefixUnaryExpressionSyntax prefix =>
            prefix.Kind() is SyntaxKind.PreIncrementExpression or SyntaxKind.PreDecrementExpression or SyntaxKind.AddressOfExpression,
        AssignmentExpressionSyntax assignment => assignment.Left == name,
        ArgumentSyntax { RefKindKeyword.RawKind: not (int)SyntaxKind.None } => true,
        ArgumentSyntax { Parent: TupleExpressionSyntax { Parent: AssignmentExpressionSyntax assignment } tuple } => assignment.Left == tuple,
        RefExpressionSyntax => true,
        _ => false,
    };
}
