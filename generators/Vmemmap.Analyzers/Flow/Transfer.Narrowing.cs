using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Flow;

/// <summary>What a comparison that holds says of the numbers and pointers in it.</summary>
internal sealed partial class Transfer
{
    private void Narrow(IOperation operation, BinaryOperatorKind kind, Number bound)
    {
        Interval? allowed = kind switch
        {
            BinaryOperatorKind.LessThan => new(long.MinValue, bound.Range.High == long.MaxValue ? long.MaxValue : bound.Range.Plus(Interval.Of(-1)).High),
            BinaryOperatorKind.LessThanOrEqual => new(long.MinValue, bound.Range.High),
            BinaryOperatorKind.GreaterThan => new(bound.Range.Plus(Interval.Of(1)).Low, long.MaxValue),
            BinaryOperatorKind.GreaterThanOrEqual => new(bound.Range.Low, long.MaxValue),
            BinaryOperatorKind.Equals => bound.Range,
            BinaryOperatorKind.NotEquals when bound.Range.IsConstant => Without(operation, bound.Range.Low),
            _ => null,
        };
        if (allowed is not { } interval)
        {
            return;
        }

        PageSet below = kind switch
        {
            BinaryOperatorKind.LessThan => bound.Bound,
            BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.Equals => bound.Below,
            _ => default,
        };
        Narrow(operation, interval, below, kind == BinaryOperatorKind.LessThanOrEqual ? bound.AtMost : default);
    }

    // Two pointers that the same expression, or the same parameter, gave.
    private static bool IsSameMemory(Origin left, Origin right) =>
        left.Page == right.Page && left.Syntax == right.Syntax && SymbolEqualityComparer.Default.Equals(left.Source, right.Source);

    // p < end.
    private void NarrowPointer(IOperation operation, PageRange pointer, BinaryOperatorKind kind, Interval bound)
    {
        while (operation is IConversionOperation { OperatorMethod: null } conversion)
        {
            operation = conversion.Operand;
        }

        Interval? allowed = kind switch
        {
            BinaryOperatorKind.LessThan => new(long.MinValue, bound.Plus(Interval.Of(-1)).High),
            BinaryOperatorKind.LessThanOrEqual => new(long.MinValue, bound.High),
            BinaryOperatorKind.GreaterThan => new(bound.Plus(Interval.Of(1)).Low, long.MaxValue),
            BinaryOperatorKind.GreaterThanOrEqual => new(bound.Low, long.MaxValue),
            BinaryOperatorKind.Equals => bound,
            BinaryOperatorKind.NotEquals when bound.IsConstant && pointer.First.High == bound.Low => new(long.MinValue, bound.Low - 1),
            _ => null,
        };
        if (allowed is not { } interval || Variable(operation) is not { } variable || _state[variable] is not PageRange held)
        {
            return;
        }

        Interval first = held.First.Intersect(interval);
        if (first.IsEmpty)
        {
            _state.MakeUnreachable();
        }
        else
        {
            _state[variable] = held with { First = first };
        }
    }

    // "!=" narrows only at an end.
    private Interval? Without(IOperation operation, long value) => (Known(operation) as Number)?.Range switch
    {
        { } range when range.IsConstant && range.Low == value => new Interval(0, -1),
        { } range when range.Low == value => new Interval(value + 1, long.MaxValue),
        { } range when range.High == value => new Interval(long.MinValue, value - 1),
        _ => null,
    };

    private void Narrow(IOperation operation, Interval allowed, PageSet below, PageSet atMost)
    {
        switch (operation)
        {
            case IConversionOperation { OperatorMethod: null } conversion
                when TypeRanges.TryOf(conversion.Operand.Type, out Interval from) && TypeRanges.TryOf(conversion.Type, out Interval to):
                Interval same = from.Intersect(to);

                // (uint)i < 64: a negative i is a large number. Only what both types have means the same, and (byte)i < 64 tells nothing of i.
                bool isWhole = TypeRanges.BitsOf(from) <= TypeRanges.BitsOf(to)
                    || (Known(conversion.Operand) is Number { Range: var operand } && to.Contains(operand));
                if (isWhole && (to.Contains(from) || same.Contains(allowed.Intersect(to)) || !below.IsEmpty))
                {
                    Narrow(conversion.Operand, allowed.Intersect(below.IsEmpty ? to : same), below, atMost);
                }

                return;
            case IIncrementOrDecrementOperation { OperatorMethod: null } stepped
                when Known(stepped) is Number read && TypeRanges.TryOf(stepped.Type, out Interval numbers):
                // k-- > 0 tells of k before the step, --k > 0 of k after it.
                Interval shift = Interval.Of(!stepped.IsPostfix ? 0 : stepped.Kind == OperationKind.Decrement ? -1 : 1);
                if (numbers.Contains(read.Range.Intersect(allowed).Plus(shift)))
                {
                    Narrow(stepped.Target, read.Range.Intersect(allowed).Plus(shift), default, default);
                }

                return;
            case ISimpleAssignmentOperation { IsRef: false } assignment:
                Narrow(assignment.Target, allowed, below, atMost);
                return;
            case IBinaryOperation { OperatorMethod: null, OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract } sum
                when Known(sum.LeftOperand) is Number term && Known(sum.RightOperand) is Number { Range.IsConstant: true } by
                    && TypeRanges.TryOf(sum.Type, out Interval type):
                Interval step = sum.OperatorKind == BinaryOperatorKind.Add ? by.Range : by.Range.Negated();
                if (type.Contains(term.Range.Plus(step)))
                {
                    Narrow(sum.LeftOperand, allowed.Minus(step), step.Low >= 0 ? below : default, step.Low >= 0 ? atMost : default);
                }

                return;
            default:
                break;
        }

        if (Variable(operation) is not { } variable || (_state[variable] ?? Operand(operation)) is not Number number)
        {
            return;
        }

        var narrowed = new Number(
            number.Range.Intersect(allowed),
            number.AtMost.Union(atMost),
            number.Below.Union(below));
        if (narrowed.Range.IsEmpty)
        {
            _state.MakeUnreachable();
            return;
        }

        _state[variable] = narrowed;
        if (operation is IFlowCaptureReferenceOperation capture && _state[new LinkKey(capture.Id)] is Link { Variable: var source })
        {
            _state[source] = narrowed;
        }
    }
}
