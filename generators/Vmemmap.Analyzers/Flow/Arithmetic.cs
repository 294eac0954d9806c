using System;
using Microsoft.CodeAnalysis.Operations;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Flow;

/// <summary>
/// Operators on intervals. What does not fit the type that the code works with wraps around, so nothing is known of it; in checked code it throws.
/// </summary>
internal static class Arithmetic
{
    /// <summary>Applies an operator.</summary>
    /// <param name="kind">The operator.</param>
    /// <param name="left">Its left operand.</param>
    /// <param name="right">Its right operand.</param>
    /// <param name="type">Numbers of the result's type.</param>
    /// <param name="isChecked">Whether what does not fit throws.</param>
    public static Number Binary(BinaryOperatorKind kind, Number left, Number right, Interval type, bool isChecked)
    {
        Interval a = left.Range;
        Interval b = right.Range;
        Interval? result = kind switch
        {
            BinaryOperatorKind.Add => a.Plus(b),
            BinaryOperatorKind.Subtract => a.Minus(b),
            BinaryOperatorKind.Multiply => Times(a, b),
            BinaryOperatorKind.Divide when b.Low > 0 => new(Divided(a.Low, a.Low < 0 ? b.Low : b.High), Divided(a.High, a.High < 0 ? b.High : b.Low)),
            BinaryOperatorKind.Remainder when b.Low > 0 => Remainder(a, b),
            BinaryOperatorKind.And when a.Low >= 0 || b.Low >= 0 => new(0, Math.Min(a.Low >= 0 ? a.High : long.MaxValue, b.Low >= 0 ? b.High : long.MaxValue)),
            BinaryOperatorKind.Or when a.Low >= 0 && b.Low >= 0 => new(Math.Max(a.Low, b.Low), Filled(Math.Max(a.High, b.High))),
            BinaryOperatorKind.ExclusiveOr when a.Low >= 0 && b.Low >= 0 => new(0, Filled(Math.Max(a.High, b.High))),
            BinaryOperatorKind.LeftShift when b.Low >= 0 && b.High < 31 => Times(a, new(1L << (int)b.Low, 1L << (int)b.High)),
            BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift when b.Low >= 0 && b.High < 31 && a.Low >= 0 =>
                new(a.Low >> (int)b.High, a.High == long.MaxValue ? long.MaxValue : a.High >> (int)b.Low),
            BinaryOperatorKind.UnsignedRightShift when b.IsConstant && b.Low is > 0 and < 31 => Shifted(type, (int)b.Low),
            _ => null,
        };
        if (result is not { } range || (!isChecked && MayWrap(kind, range, type)))
        {
            return new Number(type);
        }

        (PageSet atMost, PageSet below) = Bounds(kind, left, right);
        return new Number(range.Intersect(type), atMost, below);
    }

    // No bound means "as far as the type goes" for 64 bits, and beyond that it wraps. A sum of signed numbers wraps to negative ones, which are no indexes.
    private static bool MayWrap(BinaryOperatorKind kind, Interval range, Interval type)
    {
        bool isOpen = range.High == long.MaxValue || (range.Low == long.MinValue && type.Low == long.MinValue);
        return kind switch
        {
            _ when !type.Contains(range) => true,
            BinaryOperatorKind.Add or BinaryOperatorKind.Subtract => isOpen && type.Low == 0,
            BinaryOperatorKind.Multiply or BinaryOperatorKind.LeftShift => isOpen && TypeRanges.BitsOf(type) == 64,
            _ => false,
        };
    }

    /// <summary>The interval if the type has all of it, else all of the type.</summary>
    public static Interval Fitted(Interval range, Interval type) => type.Contains(range) ? range : type;

    // What an index that may be written leaves of it when it gets smaller.
    private static (PageSet AtMost, PageSet Below) Bounds(BinaryOperatorKind kind, Number left, Number right)
    {
        switch (kind)
        {
            case BinaryOperatorKind.Subtract when right.Range.Low >= 0:
            case BinaryOperatorKind.Add when right.Range.High <= 0:
                bool isLess = kind == BinaryOperatorKind.Subtract ? right.Range.Low > 0 : right.Range.High < 0;
                return (left.Bound, isLess ? left.Bound : left.Below);
            case BinaryOperatorKind.Divide when right.Range.Low >= 1:
            case BinaryOperatorKind.RightShift:
                return (left.Bound, left.Below);
            case BinaryOperatorKind.Remainder when left.Range.Low >= 0 && !right.Bound.IsEmpty:
                return (right.Bound, right.Bound);
            default:
                return default;
        }
    }

    private static Interval Times(Interval a, Interval b)
    {
        decimal p = Product(a.Low, b.Low);
        decimal q = Product(a.Low, b.High);
        decimal r = Product(a.High, b.Low);
        decimal s = Product(a.High, b.High);
        return new(
            Interval.Saturated(Math.Min(Math.Min(p, q), Math.Min(r, s))), Interval.Saturated(Math.Max(Math.Max(p, q), Math.Max(r, s))));
    }

    // A bound that is none stays none: its product with anything but 0 is beyond every long.
    private static decimal Product(long a, long b) =>
        a == 0 || b == 0 ? 0 : Math.Abs((decimal)a) > long.MaxValue / 2 || Math.Abs((decimal)b) > long.MaxValue / 2
            ? ((a < 0) == (b < 0) ? decimal.MaxValue : decimal.MinValue)
            : (decimal)a * b;

    private static long Divided(long value, long by) => value is long.MaxValue or long.MinValue ? value : value / by;

    private static Interval Remainder(Interval a, Interval b)
    {
        long most = b.High == long.MaxValue ? long.MaxValue : b.High - 1;
        long high = a.High <= 0 ? 0 : Math.Min(a.High, most);
        long low = a.Low >= 0 ? 0 : Math.Max(a.Low, -most);
        return a.Low >= 0 && a.High < b.Low ? a : new(low, high);
    }

    // Of a number that may be negative: the highest is all bits set.
    private static Interval Shifted(Interval type, int by) => new(0, type.High == int.MaxValue ? uint.MaxValue >> by : (long)(ulong.MaxValue >> by));

    /// <summary>All bits below the highest.</summary>
    private static long Filled(long value)
    {
        long filled = value;
        for (int shift = 1; shift < 64; shift <<= 1)
        {
            filled |= filled >> shift;
        }

        return filled;
    }
}
