using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Flow;

/// <summary>What a branch that was taken tells.</summary>
internal sealed partial class Transfer
{
    /// <summary>Narrows what is known by a condition that was evaluated last.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="isTrue">How it turned out.</param>
    /// <param name="state">What is known; changed.</param>
    public void Refine(IOperation condition, bool isTrue, FlowState state)
    {
        _state = state;
        _record = null;
        Assume(condition, isTrue);
    }

    private void Assume(IOperation condition, bool isTrue)
    {
        if (condition.ConstantValue is { HasValue: true, Value: bool constant })
        {
            if (constant != isTrue)
            {
                _state.MakeUnreachable();
            }

            return;
        }

        switch (condition)
        {
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not, OperatorMethod: null } not:
                Assume(not.Operand, !isTrue);
                break;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.And or BinaryOperatorKind.ConditionalAnd } both when isTrue:
                Assume(both.LeftOperand, true);
                Assume(both.RightOperand, true);
                break;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Or or BinaryOperatorKind.ConditionalOr } either when !isTrue:
                Assume(either.LeftOperand, false);
                Assume(either.RightOperand, false);
                break;
            case IBinaryOperation comparison:
                AssumeComparison(comparison, isTrue);
                break;
            case IIsPatternOperation pattern when !IsStale(pattern.Value):
                AssumePattern(pattern.Value, pattern.Pattern, isTrue);
                break;
            case IConversionOperation { OperatorMethod: null } conversion:
                Assume(conversion.Operand, isTrue);
                break;
            case IAssignmentOperation assignment:
                Assume(assignment.Value, isTrue);
                break;
            default:
                AssumeOutcome(condition, isTrue);
                break;
        }
    }

    private void AssumeOutcome(IOperation operation, bool isSuccess)
    {
        if (Known(operation) is Outcome outcome && outcome.Id > PageIds.Marked)
        {
            _state.Learn(outcome.Id, _state.StatesOf(outcome.Id) & (isSuccess ? outcome.OnSuccess : outcome.OnFailure));
        }
    }

    private void AssumeComparison(IBinaryOperation comparison, bool isTrue)
    {
        BinaryOperatorKind kind = isTrue ? comparison.OperatorKind : Opposite(comparison.OperatorKind);
        if (comparison.OperatorMethod is not null)
        {
            return;
        }

        IOperation left = comparison.LeftOperand;
        IOperation right = comparison.RightOperand;
        if (kind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals)
        {
            AssumeEqual(left, right, kind == BinaryOperatorKind.Equals);
            AssumeEqual(right, left, kind == BinaryOperatorKind.Equals);
        }

        switch (Known(left), Known(right))
        {
            case (Number a, Number b):
                Narrow(left, kind, b);
                Narrow(right, Mirrored(kind), a);
                break;
            case (PageRange a, PageRange b) when IsSameMemory(a.Origin, b.Origin)
                && (left.Type is IPointerTypeSymbol || left is IConversionOperation { Operand.Type: IPointerTypeSymbol }):
                NarrowPointer(left, a, kind, b.First);
                NarrowPointer(right, b, Mirrored(kind), a.First);
                break;
            default:
                break;
        }
    }

    // "page.IsOptimized == false", "pool.Dissolve(page) == DissolveResult.Done".
    private void AssumeEqual(IOperation operation, IOperation constant, bool isEqual)
    {
        IOperation plain = constant is IConversionOperation { ConstantValue.HasValue: false } lifted ? lifted.Operand : constant;
        object? value = plain.ConstantValue.HasValue ? plain.ConstantValue.Value : null;
        while (operation is IConversionOperation { OperatorMethod: null } conversion)
        {
            operation = conversion.Operand;
        }

        switch (value)
        {
            case bool flag:
                Assume(operation, flag == isEqual);
                break;
            case not null when Marks.Constants.TryInteger(value, out long number) && Known(operation) is Outcome:
                if (number == 0)
                {
                    AssumeOutcome(operation, isEqual);
                }
                else if (isEqual)
                {
                    AssumeOutcome(operation, isSuccess: false);
                }

                break;
            default:
                break;
        }
    }

    private void AssumePattern(IOperation value, IPatternOperation pattern, bool isTrue)
    {
        switch (pattern)
        {
            case INegatedPatternOperation negated:
                AssumePattern(value, negated.Pattern, !isTrue);
                break;
            case IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.And } both when isTrue:
                AssumePattern(value, both.LeftPattern, true);
                AssumePattern(value, both.RightPattern, true);
                break;
            case IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.Or } either when !isTrue:
                AssumePattern(value, either.LeftPattern, false);
                AssumePattern(value, either.RightPattern, false);
                break;
            case IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.Or } either:
                AssumeEither(value, either);
                break;
            case IConstantPatternOperation { Value: { } constant }:
                AssumeEqual(value, constant, isTrue);
                if (Evaluated(constant) is { } number)
                {
                    Narrow(value, isTrue ? BinaryOperatorKind.Equals : BinaryOperatorKind.NotEquals, number);
                }

                break;
            case IRelationalPatternOperation relational when Evaluated(relational.Value) is { } bound:
                Narrow(value, isTrue ? relational.OperatorKind : Opposite(relational.OperatorKind), bound);
                break;
            case IDeclarationPatternOperation { DeclaredSymbol: { } declared } when isTrue && !_shape.IsUnfollowed(declared):
                _state[declared] = Known(value);
                break;
            case IRecursivePatternOperation { DeconstructionSubpatterns.Length: 0 } recursive when isTrue || recursive.PropertySubpatterns.Length == 1:
                AssumeProperties(value, recursive, isTrue);
                break;
            default:
                break;
        }
    }

    private static Number? Evaluated(IOperation constant)
    {
        return constant.ConstantValue.HasValue && Marks.Constants.TryInteger(constant.ConstantValue.Value, out long value) ? new Number(Interval.Of(value)) : null;
    }

    // "1 or 5": what both leave.
    private void AssumeEither(IOperation value, IBinaryPatternOperation either)
    {
        FlowState before = _state;
        FlowState left = before.Clone();
        FlowState right = before.Clone();
        _state = left;
        AssumePattern(value, either.LeftPattern, true);
        _state = right;
        AssumePattern(value, either.RightPattern, true);
        _state = before;
        if (left.IsUnreachable || right.IsUnreachable)
        {
            return;
        }

        if (Variable(value) is { } variable && left[variable] is Number a && right[variable] is Number b)
        {
            Narrow(value, a.Range.Join(b.Range), a.Below.Intersect(b.Below), a.AtMost.Intersect(b.AtMost));
        }
    }

    // page is { IsOptimized: true }. That it fails may be because of a null, which has no struct pages.
    private void AssumeProperties(IOperation value, IRecursivePatternOperation recursive, bool isTrue)
    {
        if (isTrue && recursive.DeclaredSymbol is { } declared && !_shape.IsUnfollowed(declared))
        {
            _state[declared] = Known(value);
        }

        // That it does not match may be because of its type.
        bool isTypeTold = SymbolEqualityComparer.Default.Equals(recursive.InputType, recursive.NarrowedType);
        if (Known(value) is not Handle handle || (!isTrue && !isTypeTold))
        {
            return;
        }

        foreach (IPropertySubpatternOperation subpattern in recursive.PropertySubpatterns)
        {
            if (subpattern.Member is IPropertyReferenceOperation property
                && subpattern.Pattern is IConstantPatternOperation { Value.ConstantValue: { HasValue: true, Value: bool flag } }
                && _marks.Of(property.Property).State is var state and not PageStates.None)
            {
                PageStates states = _state.StatesOf(handle.Id);
                _state.Learn(handle.Id, flag == isTrue ? states & state : states & ~state & ~PageStates.Unsaid);
            }
        }
    }

    /// <summary>The value of an operand: as evaluated, or as a variable has it now.</summary>
    private Value? Known(IOperation operation)
    {
        if (Variable(operation) is { } variable && _state[variable] is { } now)
        {
            return IsStale(operation) ? null : now;
        }

        if (operation is IConversionOperation { OperatorMethod: null } conversion && Remembered(operation).Value is null)
        {
            return Known(conversion.Operand);
        }

        return Operand(operation);
    }

    // Read first and written then, in one condition: what was compared is not what is there.
    private bool IsStale(IOperation operation) => Remembered(operation) is ({ }, var moment) && moment != Moment;

    /// <summary>The variable that an operation reads; null if it is something else.</summary>
    private object? Variable(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => _shape.IsUnfollowed(local.Local) ? null : local.Local,
        IParameterReferenceOperation parameter => _shape.IsUnfollowed(parameter.Parameter) ? null : parameter.Parameter,
        IFlowCaptureReferenceOperation capture => capture.Id,
        IFieldReferenceOperation field => Path(field),
        _ => null,
    };

    private static BinaryOperatorKind Opposite(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.LessThan => BinaryOperatorKind.GreaterThanOrEqual,
        BinaryOperatorKind.LessThanOrEqual => BinaryOperatorKind.GreaterThan,
        BinaryOperatorKind.GreaterThan => BinaryOperatorKind.LessThanOrEqual,
        BinaryOperatorKind.GreaterThanOrEqual => BinaryOperatorKind.LessThan,
        BinaryOperatorKind.Equals => BinaryOperatorKind.NotEquals,
        BinaryOperatorKind.NotEquals => BinaryOperatorKind.Equals,
        _ => BinaryOperatorKind.None,
    };

    private static BinaryOperatorKind Mirrored(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.LessThan => BinaryOperatorKind.GreaterThan,
        BinaryOperatorKind.LessThanOrEqual => BinaryOperatorKind.GreaterThanOrEqual,
        BinaryOperatorKind.GreaterThan => BinaryOperatorKind.LessThan,
        BinaryOperatorKind.GreaterThanOrEqual => BinaryOperatorKind.LessThanOrEqual,
        _ => kind,
    };
}
