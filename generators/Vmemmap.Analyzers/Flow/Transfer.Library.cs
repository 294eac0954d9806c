using System;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Flow;

/// <summary>What the framework has for memory, and for numbers.</summary>
internal sealed partial class Transfer
{
    private static readonly Interval AnyLength = new(0, int.MaxValue);

    private bool Library(IInvocationOperation call, Value? instance, Arguments arguments, out Value? result)
    {
        result = null;
        IMethodSymbol method = call.TargetMethod;
        if (!IsSystem(method.ContainingType))
        {
            return false;
        }

        switch (method.ContainingType.Name)
        {
            case "Interlocked" or "Volatile":
                WrittenThrough(call, arguments);
                result = OfType(call.Syntax, call.Type);
                return true;
            case "Unsafe":
                return UnsafeCall(call, arguments, out result);
            case "MemoryMarshal":
                return MarshalCall(call, arguments, out result);
            case "Span" or "ReadOnlySpan" or "Enumerator":
                return SpanCall(call, instance as PageRange, arguments, out result);
            case "MemoryExtensions" or "Array":
                return SpanExtension(call, arguments, out result);
            case "ArgumentOutOfRangeException":
                Checked(call, arguments);
                return true;
            case "Math" or "Int32" or "Int64" or "UInt32" or "UInt64" or "IntPtr" or "UIntPtr":
                return MathCall(call, arguments, out result);
            default:
                return false;
        }
    }

    // Interlocked.Or(ref x, …): what it is given by ref is written.
    private void WrittenThrough(IInvocationOperation call, Arguments arguments)
    {
        foreach (IArgumentOperation argument in call.Arguments)
        {
            if (argument.Parameter is { RefKind: RefKind.Ref or RefKind.Out })
            {
                Record(AccessKind.Write, arguments[argument], argument.Value, call.TargetMethod.ContainingType.Name + "." + call.TargetMethod.Name);
            }
        }

        ForgetWritten(call.Arguments);
    }

    private bool SpanCall(IInvocationOperation call, PageRange? span, Arguments arguments, out Value? result)
    {
        result = null;
        if (call.TargetMethod is { Name: "CopyTo" or "TryCopyTo" })
        {
            CopiedTo(call, span?.Length ?? AnyLength, arguments.At(0), isCertain: call.TargetMethod.Name == "CopyTo");
            result = OfType(call.Syntax, call.Type);
            return true;
        }

        if (span is null)
        {
            return false;
        }

        switch (call.TargetMethod.Name)
        {
            case "Clear" or "Fill":
                Record(AccessKind.Write, span, call, isWhole: true);
                return true;
            case "Slice":
                Interval start = arguments.NumberAt(0, AnyLength).Intersect(AnyLength);
                Interval length = call.Arguments.Length > 1 ? arguments.NumberAt(1, AnyLength) : span.Length.Minus(start);
                result = Bounded(Sliced(span, start, length), span, start, arguments.At(1));
                return true;
            case "GetEnumerator":
                result = span;
                return true;
            case "GetPinnableReference":
                result = new Place(span.Origin, new Number(span.First), span.IsReadOnly);
                return true;
            case "MoveNext" or "Dispose" or "ToArray" or "ToString" or "Reset":
                result = null;
                return true;
            default:
                return false;
        }
    }

    private static PageRange Sliced(PageRange span, Interval start, Interval length)
    {
        Interval first = span.First.Plus(start);
        Interval fitting = length.Intersect(AnyLength).Intersect(new Interval(0, span.Length.High));
        return span with { First = first, Length = fitting, Limit = Math.Min(span.Limit, Math.Min(span.First.Plus(span.Length).High, first.Plus(fitting).High)) };
    }

    // From the first on, no more than may be written: all of it may.
    private static PageRange Bounded(PageRange sliced, PageRange span, Interval start, Value? count) =>
        count is Number number && number.Bound.Contains(span.Origin.Page) && span.First == Interval.Of(0) && start == Interval.Of(0)
            ? sliced with { Within = span.Origin.Page }
            : sliced;

    private void CopiedTo(IOperation call, Interval length, Value? destination, bool isCertain)
    {
        if (destination is PageRange { IsReadOnly: false } range)
        {
            Interval copied = length.Intersect(new Interval(0, range.Length.High));
            Record(AccessKind.Write, range with { Length = copied }, call, isCertain);
        }
        else if (destination is Lost)
        {
            Record(AccessKind.Write, destination, call);
        }
    }

    private bool SpanExtension(IInvocationOperation call, Arguments arguments, out Value? result)
    {
        result = null;
        Value? first = arguments.At(0);
        switch (call.TargetMethod.Name)
        {
            case "AsSpan" when first is PageRange range:
                Interval from = arguments.NumberAt(1, AnyLength).Intersect(AnyLength);
                result = call.Arguments.Length switch
                {
                    1 => range,
                    2 => Sliced(range, from, range.Length.Minus(from)),
                    _ => Sliced(range, from, arguments.NumberAt(2, AnyLength)),
                };
                return true;
            case "Clear" or "Fill" when call.TargetMethod.ContainingType.Name == "Array" && first is PageRange array:
                // Array.Clear(array), Array.Clear(array, start, count), Array.Fill(array, value, start, count).
                int parameters = call.Arguments.Length;
                Interval start = arguments.NumberAt(parameters - 2, AnyLength).Intersect(AnyLength);
                PageRange cleared = parameters < 3 ? array : Sliced(array, start, arguments.NumberAt(parameters - 1, AnyLength));
                Record(AccessKind.Write, cleared, call, isWhole: true);
                return true;
            case "CopyTo" when arguments.At(1) is PageRange or Lost:
                CopiedTo(call, first is PageRange source ? source.Length : AnyLength, arguments.At(1), isCertain: true);
                return true;
            default:
                return false;
        }
    }

    private Value? SpanProperty(IPropertyReferenceOperation property, PageRange range, Arguments arguments) => property.Property.Name switch
    {
        "Length" => new Number(range.Length),
        "Current" => new Place(range.Origin, new Number(range.Reach, Below: PageSet.Of(range.Within)), range.IsReadOnly),
        _ when property.Property.IsIndexer => ElementAt(range, arguments.At(0) as Number ?? new Number(AnyLength)),
        _ => null,
    };

    // An index that the length does not have throws.
    private static Place ElementAt(PageRange range, Number index)
    {
        Interval inside = index.Range.Intersect(new Interval(0, range.Length.Plus(Interval.Of(-1)).High));
        Interval at = range.First.Plus(inside).Intersect(new Interval(long.MinValue, range.Limit == long.MaxValue ? long.MaxValue : range.Limit - 1));
        PageSet below = range.First == Interval.Of(0) ? index.Below : default;
        return new Place(range.Origin, new Number(at, Below: below.Union(PageSet.Of(range.Within))), range.IsReadOnly);
    }

    private Value? Element(IArrayElementReferenceOperation element)
    {
        Value? array = Evaluate(element.ArrayReference);
        Value? index = null;
        foreach (IOperation operand in element.Indices)
        {
            index = Evaluate(operand);
        }

        return array is PageRange range
            ? ElementAt(range, index as Number ?? new Number(AnyLength))
            : array is Lost ? array : OfType(element.Syntax, element.Type);
    }

    // s[^1], s[1..3].
    private Value? ImplicitIndexer(IImplicitIndexerReferenceOperation indexer)
    {
        Value? instance = Evaluate(indexer.Instance);
        EvaluateToRemember(indexer.Argument);
        if (instance is not PageRange range)
        {
            return instance is Lost ? instance : OfType(indexer.Syntax, indexer.Type);
        }

        IOperation argument = indexer.Argument;
        while (argument is IConversionOperation { OperatorMethod: null } conversion)
        {
            argument = conversion.Operand;
        }

        if (argument is IRangeOperation slice)
        {
            Interval start = slice.LeftOperand is null ? Interval.Of(0) : Offset(slice.LeftOperand, range.Length);
            Interval end = slice.RightOperand is null ? range.Length : Offset(slice.RightOperand, range.Length);
            PageRange sliced = Sliced(range, start, end.Minus(start));
            sliced = sliced with { Limit = Math.Min(sliced.Limit, range.First.Plus(end).High) };
            return Bounded(sliced, range, start, slice.RightOperand is null ? null : Count(slice.RightOperand));
        }

        return indexer.Type is { } type && IsSpan(type)
            ? Sliced(range, AnyLength, AnyLength)
            : ElementAt(range, new Number(Offset(argument, range.Length)));
    }

    private Value? Count(IOperation index) => index is IConversionOperation conversion
        ? Operand(conversion.Operand) ?? Count(conversion.Operand)
        : null;

    // An Index: from the start, or from the end.
    private Interval Offset(IOperation index, Interval length)
    {
        switch (index)
        {
            case IConversionOperation conversion:
                return Operand(conversion.Operand) is Number number ? number.Range.Intersect(AnyLength) : Offset(conversion.Operand, length);
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Hat } hat:
                Interval back = Operand(hat.Operand) is Number n ? n.Range.Intersect(AnyLength) : AnyLength;
                return length.Minus(back).Intersect(AnyLength);
            default:
                return AnyLength;
        }
    }

    private bool MathCall(IInvocationOperation call, Arguments arguments, out Value? result)
    {
        result = null;
        if (!TypeRanges.TryOf(call.Type, out Interval type) || arguments.At(0) is not Number a)
        {
            return false;
        }

        var b = arguments.At(1) as Number;
        var c = arguments.At(2) as Number;
        result = (call.TargetMethod.Name, b, c) switch
        {
            ("Min", { }, null) => Smaller(a, b),
            ("Max", { }, null) => Larger(a, b),
            ("Clamp", { }, { }) => Smaller(Larger(a, b), c),
            ("Abs", null, null) => new Number(a.Range.Low >= 0 ? a.Range : Arithmetic.Fitted(new Interval(0, a.Range.Join(a.Range.Negated()).High), type)),
            _ => new Number(type),
        };
        return true;
    }

    // ArgumentOutOfRangeException.ThrowIfNegative(i), ThrowIfGreaterThanOrEqual(i, 64): who comes back has an index that is in range.
    private void Checked(IInvocationOperation call, Arguments arguments)
    {
        if (call.Arguments.Length < 2 || call.Arguments[0].Parameter is not { Ordinal: 0 })
        {
            return;
        }

        Number bound = arguments.At(1) as Number ?? new Number(Interval.Of(0));
        BinaryOperatorKind? holds = call.TargetMethod.Name switch
        {
            "ThrowIfNegative" => BinaryOperatorKind.GreaterThanOrEqual,
            "ThrowIfNegativeOrZero" => BinaryOperatorKind.GreaterThan,
            "ThrowIfZero" => BinaryOperatorKind.NotEquals,
            "ThrowIfGreaterThan" when arguments.At(1) is Number => BinaryOperatorKind.LessThanOrEqual,
            "ThrowIfGreaterThanOrEqual" when arguments.At(1) is Number => BinaryOperatorKind.LessThan,
            "ThrowIfLessThan" when arguments.At(1) is Number => BinaryOperatorKind.GreaterThanOrEqual,
            "ThrowIfLessThanOrEqual" when arguments.At(1) is Number => BinaryOperatorKind.GreaterThan,
            "ThrowIfEqual" when arguments.At(1) is Number => BinaryOperatorKind.NotEquals,
            "ThrowIfNotEqual" when arguments.At(1) is Number => BinaryOperatorKind.Equals,
            _ => null,
        };
        if (holds is { } kind)
        {
            Narrow(call.Arguments[0].Value, kind, bound);
        }
    }

    private static Number Smaller(Number a, Number b) => new(
        new Interval(Math.Min(a.Range.Low, b.Range.Low), Math.Min(a.Range.High, b.Range.High)),
        a.Bound.Union(b.Bound),
        a.Below.Union(b.Below));

    private static Number Larger(Number a, Number b) => new(
        new Interval(Math.Max(a.Range.Low, b.Range.Low), Math.Max(a.Range.High, b.Range.High)),
        a.Bound.Intersect(b.Bound),
        a.Below.Intersect(b.Below));
}
